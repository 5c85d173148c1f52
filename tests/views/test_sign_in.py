"""Signing in by password and by one-time link: throttled, recorded, refused when it cannot be recorded."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.models import AuditEvent, SignInLink, User

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NEW = "a much longer pass phrase"


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


@pytest.fixture
def link(bob):
    return f"/sign-in/{SignInLink.make(bob)}/"


@pytest.fixture
def no_audit(db):
    """A database that takes everything but events."""
    refusal = (
        "CREATE TRIGGER no_audit BEFORE INSERT ON console_auditevent BEGIN SELECT RAISE(ABORT, 'no'); END"
        if connection.vendor == "sqlite"
        else "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no'; END $$;"
        "CREATE TRIGGER no_audit BEFORE INSERT ON console_auditevent EXECUTE FUNCTION no_audit()"
    )
    with connection.cursor() as cursor:
        cursor.execute(refusal, params=None)


# By password


def test_a_password_signs_in_and_is_recorded(client, bob):
    response = client.post(LOGIN, {"login": "bob", "password": "bob-password-1"}, REMOTE_ADDR="203.0.113.5")

    assert response["Location"] == "/"
    (event,) = events("auth.login")
    assert (event.actor_label, event.auth_method, event.ip) == ("bob", "password", "203.0.113.5")


def test_a_wrong_password_is_recorded_with_the_name_but_not_the_password(client, bob):
    client.post(LOGIN, {"login": "bob", "password": "canary-password"})

    (event,) = events("auth.login_failed")
    assert (event.target_label, event.outcome, event.actor_type) == ("bob", "failure", "anonymous")
    assert "canary" not in event.canonical
    assert not is_in(client)


def test_unknown_and_known_names_get_the_same_answer(client, bob):
    def told(name: str) -> str:
        page = client.post(LOGIN, {"login": name, "password": "wrong"}).content.decode()
        return re.sub(rf'{name}|csrf\w*" value="\w+"|nonce="[^"]+"|X-CSRFToken": "\w+', "", page)

    assert told("bob") == told("rob")


def test_guessing_is_slowed_down(client, bob):
    for _ in range(5):
        client.post(LOGIN, {"login": "bob", "password": "wrong"})

    response = client.post(LOGIN, {"login": "bob", "password": "bob-password-1"})

    assert not is_in(client)
    assert b"Too many failed login attempts" in response.content
    assert len(events("auth.login_failed")) == 5


def test_a_disabled_account_does_not_sign_in(client, bob, carol):
    bob.is_active = False
    bob.save()

    client.post(LOGIN, {"login": "bob", "password": "bob-password-1"})

    assert not is_in(client)


def test_the_session_has_a_new_id_after_signing_in(client, bob):
    client.get(LOGIN)
    session = client.session
    session["before"] = "x"
    session.save()
    client.cookies[client.session.session_key] = ""
    old = session.session_key

    client.post(LOGIN, {"login": "bob", "password": "bob-password-1"})

    assert client.session.session_key != old


@pytest.mark.parametrize("way", ["password", "link"])
def test_a_login_that_cannot_be_recorded_is_refused(client, bob, link, no_audit, way):
    if way == "password":
        response = client.post(LOGIN, {"login": "bob", "password": "bob-password-1"})
    else:
        response = client.get(link)

    assert response.status_code == 503
    assert b'data-error-kind="audit_unavailable"' in response.content
    assert not is_in(client)
    assert SignInLink.objects.get().used_at is None


def test_the_cookies_are_for_this_site_alone(client, bob):
    client.post(LOGIN, {"login": "bob", "password": "bob-password-1"})

    session = next(cookie for name, cookie in client.cookies.items() if "session" in name)
    assert (session["httponly"], session["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "http:evil.test",
        "https:/evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "\t//evil.test",
        "/%09/evil.test/../",
        "//testserver@evil.test/",
        "http://testserver.evil.test/",
        "",
    ],
)
@pytest.mark.parametrize("way", ["password", "link"])
def test_next_leads_to_a_page_of_our_own(client, link, target, way):
    if way == "password":
        form = {"login": "bob", "password": "bob-password-1", "next": target}
        location = client.post(LOGIN, form)["Location"]
    else:
        location = client.get(link, {"next": target})["Location"]

    assert location == "/" or (location.startswith("/") and not location.startswith(("//", "/\\")))
    assert "evil.test" not in location or location.startswith("/%09/")


# By link


def test_a_link_signs_in_once(client, link):
    assert client.get(f"{link}?next=/models/")["Location"] == "/models/"
    assert is_in(client)
    again = Client()

    response = again.get(link)

    assert (response.status_code, is_in(again)) == (410, False)
    assert b"manage.py sign_in_link" in response.content
    (event,) = events("auth.login")
    assert (event.actor_label, event.auth_method) == ("bob", "link")


def test_looking_at_a_link_does_not_use_it_up(client, link):
    client.head(link)
    client.get(link, headers={"sec-purpose": "prefetch;prerender"})
    assert not is_in(client)

    client.get(link)

    assert is_in(client)


def test_an_old_link_does_not_work(client, link):
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(link).status_code == 410
    assert not is_in(client)


@pytest.mark.parametrize("token", ["x", "%00", "%F0%9F%92%A9", "a" * 5000])
def test_a_link_that_never_was_gets_the_same_page(client, db, token):
    assert client.get(f"/sign-in/{token}/").status_code == 410


def test_a_link_takes_over_from_somebody_else(client, alice, link):
    client.force_login(alice)

    client.get(link)

    assert client.session["_auth_user_id"] == str(SignInLink.objects.get().user_id)


def test_only_the_digest_of_a_link_is_stored(bob):
    token = SignInLink.make(bob)

    assert token not in str(SignInLink.objects.values())


# Passwords


def test_a_changed_password_is_recorded_and_signs_others_out(client, bob):
    client.force_login(bob)
    other = Client()
    other.force_login(bob)
    form = {"oldpassword": "bob-password-1", "password1": NEW, "password2": NEW}

    assert client.post("/accounts/password/change/", form).status_code == 302

    (event,) = events("auth.password_changed")
    assert (event.actor_label, event.target_label) == ("bob", "bob")
    assert NEW not in event.canonical
    assert is_in(client)
    assert client.get("/accounts/password/change/").status_code == 200
    assert other.get("/accounts/password/change/")["Location"].startswith(LOGIN)


def test_a_password_that_cannot_be_recorded_is_not_changed(client, bob, request):
    client.force_login(bob)
    request.getfixturevalue("no_audit")

    form = {"oldpassword": "bob-password-1", "password1": NEW, "password2": NEW}
    response = client.post("/accounts/password/change/", form)

    assert response.status_code == 503
    assert User.objects.get(pk=bob.pk).check_password("bob-password-1")


def test_who_came_by_link_sets_a_password(client, root):
    person = User.add("dora", "reader")
    client.force_login(person)

    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).status_code == 302

    assert Client().login(username="dora", password=NEW)


def test_signing_out_needs_a_post_and_is_recorded(client, bob):
    client.force_login(bob)
    client.get("/accounts/logout/")
    assert is_in(client)

    client.post("/accounts/logout/")

    assert not is_in(client)
    assert [event.actor_label for event in events("auth.logout")] == ["bob"]


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "confirm-email/", "login/code/confirm/"]
)
def test_what_this_console_does_not_offer_has_no_page(client, bob, path):
    client.force_login(bob)

    assert client.get(f"/accounts/{path}").status_code == 404


# Everything else asks for a session


def test_a_form_without_its_token_is_refused(bob):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(LOGIN, {"login": "bob", "password": "bob-password-1"})

    assert response.status_code == 403
    assert not is_in(strict)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.test"}])
def test_a_form_of_another_site_is_refused(bob, headers):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob)
    strict.get("/accounts/password/change/")
    token = next(cookie.value for name, cookie in strict.cookies.items() if "csrf" in name)

    response = strict.post("/accounts/logout/", {"csrfmiddlewaretoken": token}, headers=headers)

    assert response.status_code == 403
    assert is_in(strict)
