"""Accounts: an admin makes, changes and disables them; all of it is recorded; one admin always stays."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.html import strip_tags

from console.models import AuditEvent, SignInLink, User
from console.models.user import LastAdmin

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
GOOD = "correct horse battery staple"


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


def latest(action: str) -> AuditEvent:
    return AuditEvent.objects.filter(action=action).first()


def test_the_list_names_everybody_with_role_and_state(admin, alice, bob):
    bob.disable()

    rows = {row["username"]: row for row in admin.get("/people/", headers=JSON).json()["data"]}

    assert (rows["alice"]["role"], rows["alice"]["is_active"], rows["bob"]["is_active"]) == (
        "operator",
        True,
        False,
    )
    assert b"alice" in admin.get("/people/").content


def test_a_list_of_many_people_costs_no_more_queries(admin, django_assert_max_num_queries):
    for number in range(30):
        User.add(f"person-{number}", "reader")

    with django_assert_max_num_queries(8):
        admin.get("/people/")


def test_a_new_person_gets_a_link_that_is_shown_once_and_works_once(admin):
    response = admin.post("/people/new/", {"username": "dora", "role": "auditor", "way": "link"})

    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    path = re.search(r"http://testserver(/sign-in/[^/\"]+/)", response.content.decode()).group(1)
    browser = Client()
    assert browser.get(path)["Location"] == "/"
    assert browser.get("/audit/").status_code == 200
    assert Client().get(path).status_code == 410
    assert path.split("/")[2].encode() not in admin.get("/people/").content
    event = latest("user.created")
    assert (event.actor_label, event.target_label, event.changes) == (
        "root",
        "dora",
        {"role": [None, "auditor"]},
    )


def test_a_new_person_can_get_a_password(admin):
    form = {"username": "dora", "role": "reader", "way": "password", "password": GOOD}

    assert admin.post("/people/new/", form)["Location"] == "/people/"

    assert Client().login(username="dora", password=GOOD)
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "ALICE"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": "nul\x00"}, "username"),
        ({"role": "owner"}, "role"),
        ({"role": ""}, "role"),
        ({"way": "password", "password": "short"}, "password"),
        ({"way": "password", "password": ""}, "password"),
        ({"way": "password", "password": "password123456"}, "password"),
        ({"way": "dora"}, "way"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_changes_nothing(admin, alice, changed, field):
    people, events = User.objects.count(), AuditEvent.objects.count()

    response = admin.post("/people/new/", {"username": "dora", "role": "reader", "way": "link", **changed})

    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert (User.objects.count(), AuditEvent.objects.count()) == (people, events)


def test_fields_that_the_form_does_not_have_change_nothing(admin):
    form = {"username": "dora", "role": "reader", "is_superuser": "1", "is_staff": "1", "workspace": "9"}
    admin.post("/people/new/", form)

    dora = User.objects.get(username="dora")
    assert (dora.is_superuser, dora.is_staff, dora.memberships.count()) == (False, False, 1)


def test_a_changed_role_counts_at_once(admin, bob):
    browser = Client()
    browser.force_login(bob)
    assert browser.get("/audit/").status_code == 403

    admin.post(f"/people/{bob.pk}/", {"role": "auditor"})

    assert browser.get("/audit/").status_code == 200
    assert latest("user.role_changed").changes == {"role": ["reader", "auditor"]}


def test_the_same_role_again_is_no_event(admin, bob):
    admin.post(f"/people/{bob.pk}/", {"role": "reader"})

    assert latest("user.role_changed") is None


def test_somebody_without_a_role_can_be_given_one(admin, mallory):
    admin.post(f"/people/{mallory.pk}/", {"role": "reader"})

    assert latest("user.role_changed").changes == {"role": [None, "reader"]}


def test_a_disabled_person_is_out_at_once_and_stays_out_after_being_enabled(admin, bob):
    browser = Client()
    browser.force_login(bob)
    SignInLink.make(bob)
    sessions = Session.objects.count()

    admin.post(f"/people/{bob.pk}/disable/")

    assert browser.get("/people/")["Location"].startswith("/accounts/login/")
    assert Session.objects.count() == sessions - 1
    assert not SignInLink.objects.exists()
    assert not Client().login(username="bob", password="bob-password-1")
    admin.post(f"/people/{bob.pk}/enable/")
    assert browser.get("/people/")["Location"].startswith("/accounts/login/")
    assert Client().login(username="bob", password="bob-password-1")
    assert latest("user.disabled").changes == {"is_active": [True, False]}
    assert latest("user.enabled").changes == {"is_active": [False, True]}


@pytest.mark.parametrize("change", ["", "disable/"])
def test_the_last_admin_stays(admin, root, bob, change):
    bob.change_role("admin")
    bob.disable()

    response = admin.post(f"/people/{root.pk}/{change}", {"role": "reader"})

    assert response.status_code == 422
    assert b"This is the last admin" in response.content
    root.refresh_from_db()
    assert (root.role, root.is_active) == ("admin", True)


def test_an_admin_may_go_when_another_stays(root, bob):
    bob.change_role("admin")

    root.disable()

    with pytest.raises(LastAdmin):
        bob.disable()


def test_a_disabled_person_gets_no_link(admin, bob):
    bob.disable()

    assert admin.post(f"/people/{bob.pk}/link/")["Location"] == f"/people/{bob.pk}/"
    assert not SignInLink.objects.exists()


def test_the_page_of_a_person_shows_what_was_done_to_it(admin, bob):
    admin.post(f"/people/{bob.pk}/", {"role": "operator"})

    text = strip_tags(admin.get(f"/people/{bob.pk}/").content.decode())

    assert "root changed the role of bob" in " ".join(text.split())


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "audrey", "mallory"])
@pytest.mark.parametrize("path", ["/people/", "/people/new/", "/people/1/", "/people/999999/"])
def test_only_admins_see_that_there_are_people(client, request, who, path):
    client.force_login(request.getfixturevalue(who))

    assert client.get(path).status_code == 403


def test_an_account_that_is_not_there_is_not_found(admin):
    assert admin.get("/people/999999/").status_code == 404
    assert admin.get("/people/99999999999999999999999/").status_code == 404
