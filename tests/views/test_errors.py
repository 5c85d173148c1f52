"""Error pages: one for each status, as HTML or JSON, with an id and never a stack trace."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from console import urls
from console.outbound.errors import RateLimited, UpstreamError
from console.views import errors

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def broken(request: HttpRequest) -> HttpResponse:
    raise {
        "fault": RuntimeError("canary"),
        "database": OperationalError("canary"),
        "upstream": upstream_error(),
    }[request.GET["how"]]


def upstream_error() -> UpstreamError:
    return RateLimited("Slow down.", status=429, code="429", detail="<b>no</b>", request_id="up-1")


urlpatterns = [*urls.urlpatterns, path("broken/", broken)]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


@pytest.fixture
def browser(client, bob, settings):
    settings.ROOT_URLCONF = "tests.views.test_errors"
    client.raise_request_exception = False
    client.force_login(bob)
    return client


CASES = {
    "host": (lambda one: one.get("/", headers={"host": "evil.test"}), 400, "bad_request"),
    "role": (lambda one: one.get("/people/"), 403, "forbidden"),
    "address": (lambda one: one.get("/nowhere/"), 404, "not_found"),
    "method": (lambda one: one.put("/people/"), 405, "bad_request"),
    "fault": (lambda one: one.get("/broken/?how=fault"), 500, "internal_error"),
    "database": (lambda one: one.get("/broken/?how=database"), 503, "unavailable"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_error_has_a_page_with_its_kind_and_an_id(browser, name):
    ask, status, kind = CASES[name]

    response = ask(browser)

    text = response.content.decode()
    assert response.status_code == status
    assert f'data-error-kind="{kind}"' in text
    assert response["X-Request-Id"]
    for secret in ("canary", "Traceback", "OperationalError", "console/views"):
        assert secret not in text


@pytest.mark.parametrize("name", CASES)
def test_each_error_is_json_for_those_who_ask_for_it(browser, name):
    ask, status, kind = CASES[name]
    browser.defaults["HTTP_ACCEPT"] = "application/json"

    response = ask(browser)

    assert response.status_code == status
    assert response.json()["error"]["kind"] == kind
    assert response.json()["error"]["request_id"] == response["X-Request-Id"]
    assert b"canary" not in response.content


def test_a_page_of_an_error_shows_the_id_that_the_log_has(browser):
    response = browser.get("/broken/?how=fault")

    assert response["X-Request-Id"] in response.content.decode()


def test_a_database_that_is_away_is_a_matter_of_a_moment(browser):
    assert browser.get("/broken/?how=database")["Retry-After"] == "5"


def test_a_refused_method_names_those_that_work(browser):
    assert browser.put("/people/")["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("headers", "piece"),
    [
        ({}, b"<html"),
        ({"hx-request": "true"}, b'data-error-kind="rate_limited"'),
        (JSON, b'"kind": "rate_limited"'),
    ],
)
def test_an_upstream_error_is_a_page_a_part_or_json(browser, headers, piece):
    response = browser.get("/broken/?how=upstream", headers=headers)

    assert response.status_code == 429
    assert piece in response.content
    assert b"<b>no</b>" not in response.content
    assert (b"<html" in response.content) == (not headers)


def test_an_upstream_error_of_a_part_is_tried_again_with_its_page(browser):
    page = {"hx-request": "true", "hx-current-url": "http://testserver/c/prod/evals/"}

    assert b'href="/broken/?how=upstream"' in browser.get("/broken/?how=upstream").content
    assert b'href="/c/prod/evals/"' in browser.get("/broken/?how=upstream", headers=page).content


def test_too_many_requests_says_when_to_try_again():
    response = errors.too_many(RequestFactory().get("/accounts/login/"))

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert b'data-error-kind="rate_limited"' in response.content


def test_strangers_and_members_get_an_error_page_without_a_secret_of_the_other(client, browser):
    browser.logout()

    text = browser.get("/nowhere/").content.decode()

    assert 'data-error-kind="not_found"' in text
    assert 'aria-label="Main"' not in text
