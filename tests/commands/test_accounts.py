"""`create_user` and `sign_in_link`: accounts for people with shell access."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from console.models import AuditEvent, SignInLink, User

pytestmark = pytest.mark.django_db


def test_a_made_user_has_its_role_in_the_default_workspace(capsys):
    call_command("create_user", "dora", "--role", "manager")

    dora = User.objects.get(username="dora")
    assert (dora.role, dora.has_usable_password()) == ("manager", False)
    assert "manage.py sign_in_link dora" in capsys.readouterr().out
    event = AuditEvent.objects.get(action="user.created")
    assert (event.actor_type, event.target_label) == ("system", "dora")


def test_a_password_comes_by_standard_input_alone(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery staple\n"))

    call_command("create_user", "dora", "--role", "reader", "--password-stdin")

    assert Client().login(username="dora", password="correct horse battery staple")


@pytest.mark.parametrize(
    ("name", "words"), [("ALICE", "account of this name"), ("a b", "valid username"), ("", "required")]
)
def test_a_bad_name_changes_nothing(alice, name, words):
    with pytest.raises(CommandError, match=words):
        call_command("create_user", name, "--role", "reader")

    assert User.objects.count() == 1


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    with pytest.raises(CommandError, match="too short"):
        call_command("create_user", "dora", "--role", "reader", "--password-stdin")

    assert not User.objects.exists()


def test_a_role_that_is_none_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("create_user", "dora", "--role", "owner")


def test_a_link_signs_in_and_is_recorded(capsys, settings, bob, client):
    call_command("sign_in_link", "Bob")

    url = capsys.readouterr().out.strip()
    base = f"http://localhost:{settings.PORT}"
    assert url.startswith(f"{base}/sign-in/")
    client.get(url.removeprefix(base))
    assert client.session["_auth_user_id"] == str(bob.pk)
    event = AuditEvent.objects.get(action="user.sign_in_link")
    assert (event.actor_type, event.target_label) == ("system", "bob")


def test_a_link_can_name_another_address(capsys, bob):
    call_command("sign_in_link", "bob", "--url", "https://console.example.com/")

    assert capsys.readouterr().out.startswith("https://console.example.com/sign-in/")


def test_nobody_and_the_disabled_get_no_link(bob):
    bob.disable()

    for name in ("bob", "rob"):
        with pytest.raises(CommandError):
            call_command("sign_in_link", name)
    assert not SignInLink.objects.exists()
