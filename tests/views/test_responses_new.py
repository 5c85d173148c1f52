"""Asking in the background: once, whatever is clicked, and never again by itself."""

import pytest

from console.models import AuditEvent, Item, Job
from console.models.seen import Seen
from tests.upstream import Script
from tests.v1.test_following import CREATED, STARTS, told
from tests.v1.test_stream import SSE

URL = "/c/prod/responses/new/"
PAGE = "/c/prod/responses/resp_1/"
JSON = {"accept": "application/json"}
FORM = {
    "key": "k1",
    "model": "mini",
    "input": "Which tent?",
    "instructions": "Be brief",
    "max_output_tokens": "500",
    "reasoning_effort": "low",
    "metadata": "team = sales",
}
BEGUN = Script(200, [told(0, "created", response=CREATED)], SSE)


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


def test_the_form_offers_deployments_and_says_what_it_costs(operating, connection):
    Item.objects.take_in(connection.pk, "deployment", [Seen("mini", "mini", {})])

    page = operating.get(f"{URL}?previous=resp_0").text

    assert '<option value="mini">' in page
    assert 'value="resp_0"' in page
    assert "It costs what any answer costs" in page


def test_one_is_begun_and_shown(operating, connection, upstream):
    upstream[STARTS] = BEGUN

    response = operating.post(URL, FORM)

    assert response.headers["Location"] == PAGE
    assert upstream.requests[0].json() == {
        "model": "mini",
        "input": "Which tent?",
        "instructions": "Be brief",
        "max_output_tokens": 500,
        "reasoning": {"effort": "low"},
        "metadata": {"team": "sales"},
        "background": True,
        "stream": True,
    }
    item = Item.objects.get(kind="response")
    assert (item.name, item.status, item.values("by")) == ("Which tent?", "queued", ["alice"])
    page = operating.get(PAGE).text
    assert f'data-follow="{PAGE}events/"' in page
    assert 'data-after="-1"' in page


def test_the_same_form_sent_twice_asks_once(operating, connection, upstream):
    upstream[STARTS] = BEGUN

    first, second = operating.post(URL, FORM), operating.post(URL, FORM)

    assert first.headers["Location"] == second.headers["Location"] == PAGE
    assert upstream.hits == 1


def test_it_is_recorded_without_what_was_asked(operating, connection, upstream):
    upstream[STARTS] = BEGUN

    operating.post(URL, FORM)

    event = AuditEvent.objects.latest()
    assert (event.action, event.target_label, event.outcome) == ("response.created", "mini", "success")
    assert "Which tent?" not in "".join(AuditEvent.objects.values_list("canonical", flat=True))


def test_a_refusal_keeps_the_form_and_another_try_has_another_key(operating, connection, upstream):
    upstream[STARTS] = 400, {"error": {"code": "unsupported_parameter", "message": "No effort here."}}

    response = operating.post(URL, FORM)

    assert response.status_code == 422
    assert "No effort here." in response.text
    assert "Which tent?" in response.text
    assert 'value="k1"' not in response.text
    assert not Item.objects.filter(kind="response").exists()


@pytest.mark.parametrize("silent", [Script(200, [], SSE, cut=True), Script(200, [b": \n\n"], SSE)])
def test_a_resource_that_says_nothing_is_not_asked_again(operating, connection, upstream, silent):
    upstream[STARTS] = silent

    response = operating.post(URL, FORM)
    again = operating.post(URL, FORM)

    assert response.status_code == again.status_code >= 500
    assert upstream.hits == 1
    assert Job.objects.get().effect == "billable"
    assert Job.objects.get().state == "unknown_outcome"


def test_a_bad_form_keeps_everything(operating, connection, upstream):
    response = operating.post(URL, {**FORM, "previous": "resp_0", "conversation": "conv_1"})

    assert response.status_code == 422
    assert "not both" in response.text
    assert "Which tent?" in response.text
    assert upstream.hits == 0


def test_it_answers_json(operating, connection, upstream):
    upstream[STARTS] = BEGUN

    told = operating.post(URL, FORM, headers=JSON)

    assert (told.status_code, told.json()["id"]) == (201, "resp_1")


def test_a_reader_is_refused_and_a_stranger_finds_nothing(client, bob, mallory, connection, upstream):
    for user, status in ((bob, 403), (mallory, 404)):
        client.force_login(user)
        assert client.post(URL, FORM).status_code == status
    assert upstream.hits == 0
