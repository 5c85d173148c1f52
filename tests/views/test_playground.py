"""Asking: the page, what POST /playground/turns/ takes, what it refuses, and what it writes."""

import json
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from console.models import Answer, AuditEvent, Comparison, Item, Turn, Workspace

pytestmark = pytest.mark.django_db
TURNS = "/playground/turns/"


@pytest.fixture
def operator(client, alice):
    client.force_login(alice)
    return client


def pane(connection, **more):
    return {"connection": connection.slug, "model": "gpt-5-mini", "api": "chat", "parameters": {}} | more


def post(client, body, **headers):
    return client.post(TURNS, json.dumps(body), content_type="application/json", headers=headers)


def nothing_was_created() -> bool:
    return not (Comparison.objects.exists() or Turn.objects.exists() or Answer.objects.exists())


def test_a_turn_is_written_with_its_answers_and_its_audit(operator, connection):
    response = post(
        operator, {"input": "First line\nsecond", "panes": [pane(connection), pane(connection, model="b")]}
    )

    told = response.json()
    assert response.status_code == 201
    assert told["stream"] == f"/playground/comparisons/{told['comparison']}/stream/"
    comparison = Comparison.objects.get(pk=told["comparison"])
    assert comparison.title == "First line"
    answers = [Answer.objects.get(pk=one) for one in told["answers"]]
    assert [(one.position, one.model) for one in answers] == [(0, "gpt-5-mini"), (1, "b")]
    assert str(answers[0].turn_id) == told["turn"]
    created = AuditEvent.objects.get(action="comparison.created")
    assert (created.actor_label, created.target_label) == ("alice", "First line")
    assert AuditEvent.objects.filter(action="run.answer", phase="intent").count() == 2


def test_a_follow_up_is_the_next_turn_of_the_same_comparison(operator, connection):
    first = post(operator, {"input": "One", "panes": [pane(connection)]}).json()
    Answer.objects.update(state="complete")

    second = post(
        operator, {"comparison": first["comparison"], "input": "Two", "panes": [pane(connection)]}
    ).json()

    assert second["comparison"] == first["comparison"]
    assert [turn.number for turn in Turn.objects.all()] == [1, 2]
    assert AuditEvent.objects.filter(action="comparison.created").count() == 1


def test_a_follow_up_waits_for_the_answers_before_it(operator, connection):
    first = post(operator, {"input": "One", "panes": [pane(connection)]}).json()

    response = post(
        operator, {"comparison": first["comparison"], "input": "Two", "panes": [pane(connection)]}
    )

    assert response.status_code == 409
    assert Turn.objects.count() == 1


def test_the_same_submit_twice_is_one_turn(operator, connection):
    body = {"input": "Once", "panes": [pane(connection)], "idempotency_key": "key-1"}

    first, second = post(operator, body), post(operator, body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"input": ""}, "input"),
        ({"input": " \n "}, "input"),
        ({"input": None}, "input"),
        ({"input": ["x"]}, "input"),
        ({"input": "a\x00b"}, "input"),
        ({"input": "a\ud800b"}, "input"),
        ({"input": "x" * 400_001}, "input"),
        ({"panes": []}, "panes"),
        ({"panes": "all"}, "panes"),
        ({"panes": None}, "panes"),
        ({"panes": ["x"]}, "panes.0"),
        ({"comparison": "not-an-id"}, "comparison"),
        ({"comparison": {"id": 1}}, "comparison"),
        ({"idempotency_key": "k" * 65}, "idempotency_key"),
        ({"idempotency_key": 7}, "idempotency_key"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field_and_changes_nothing(operator, connection, change, field):
    response = post(operator, {"input": "Hi", "panes": [pane(connection)]} | change)

    assert (response.status_code, list(response.json()["error"]["fields"])) == (422, [field])
    assert nothing_was_created()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"connection": "nowhere"}, "connection"),
        ({"connection": ""}, "connection"),
        ({"connection": None}, "connection"),
        ({"connection": 5}, "connection"),
        ({"connection": "\x00"}, "connection"),
        ({"model": ""}, "model"),
        ({"model": 5}, "model"),
        ({"model": "a\nb"}, "model"),
        ({"model": "m" * 257}, "model"),
        ({"api": "assistants"}, "api"),
        ({"api": None}, "api"),
        ({"position": -1}, "position"),
        ({"position": True}, "position"),
        ({"parameters": []}, "parameters"),
        ({"parameters": {"temperature": "hot"}}, "parameters.temperature"),
        ({"parameters": {"temperature": 3}}, "parameters.temperature"),
        ({"parameters": {"temperature": True}}, "parameters.temperature"),
        ({"parameters": {"max_output_tokens": 0}}, "parameters.max_output_tokens"),
        ({"parameters": {"max_output_tokens": 1.5}}, "parameters.max_output_tokens"),
        ({"parameters": {"seed": 2**70}}, "parameters.seed"),
        ({"parameters": {"reasoning_effort": "huge"}}, "parameters.reasoning_effort"),
        ({"parameters": {"stop": [1]}}, "parameters.stop"),
        ({"parameters": {"store": "yes"}}, "parameters.store"),
        ({"parameters": {"base_url": "http://evil.test"}}, "parameters.base_url"),
        ({"parameters": {"model": "other"}}, "parameters.model"),
        ({"parameters": {"messages": []}}, "parameters.messages"),
        ({"parameters": {"truncation": "auto"}}, "parameters.truncation"),
        ({"parameters": {"instructions": "a\x00"}}, "parameters.instructions"),
        ({"parameters": {"tools": "\ud800"}}, "parameters.tools"),
    ],
)
def test_a_pane_that_cannot_be_asked_is_told_by_field(operator, connection, upstream, change, field):
    response = post(operator, {"input": "Hi", "panes": [pane(connection), pane(connection) | change]})

    assert (response.status_code, list(response.json()["error"]["fields"])) == (422, [f"panes.1.{field}"])
    assert nothing_was_created()
    assert upstream.hits == 0


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"input": NaN}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_told(operator, body):
    response = operator.post(TURNS, body, content_type="application/json")

    assert (response.status_code, list(response.json()["error"]["fields"])) == (422, ["body"])


def test_text_that_pretends_to_be_json_is_not_taken(operator, connection):
    body = json.dumps({"input": "Hi", "panes": [pane(connection)]})

    assert operator.post(TURNS, body, content_type="text/plain").status_code == 415
    assert nothing_was_created()


def test_nine_panes_are_too_many_and_eight_are_not(operator, connection):
    assert list(
        post(operator, {"input": "Hi", "panes": [pane(connection)] * 9}).json()["error"]["fields"]
    ) == ["panes"]
    assert post(operator, {"input": "Hi", "panes": [pane(connection)] * 8}).status_code == 201


def test_a_closed_pane_leaves_the_others_their_numbers(operator, connection):
    panes = [pane(connection, position=0), pane(connection, position=2)]

    told = post(operator, {"input": "Hi", "panes": panes}).json()

    assert [Answer.objects.get(pk=one).position for one in told["answers"]] == [0, 2]
    twice = post(operator, {"input": "Hi", "panes": [pane(connection, position=1)] * 2})
    assert list(twice.json()["error"]["fields"]) == ["panes"]


def test_more_runs_than_allowed_are_refused_before_anything_is_created(operator, connection, settings):
    settings.PLAYGROUND_RUNS_PER_USER = 1

    response = post(operator, {"input": "Hi", "panes": [pane(connection)] * 2})

    assert (response.status_code, response["Retry-After"]) == (429, "5")
    assert nothing_was_created()


def test_a_full_process_refuses_too(operator, connection, settings):
    settings.PLAYGROUND_RUNS = 0

    response = post(operator, {"input": "Hi", "panes": [pane(connection)]})

    assert response.status_code == 429
    assert nothing_was_created()


def test_a_paused_connection_is_told_at_its_pane(operator, connection):
    connection.pause()

    errors = post(operator, {"input": "Hi", "panes": [pane(connection)]}).json()["error"]["fields"]

    assert errors == {"panes.0.connection": ["The connection prod is paused."]}


def test_a_readers_question_is_refused(client, bob, connection):
    client.force_login(bob)

    assert post(client, {"input": "Hi", "panes": [pane(connection)]}).status_code == 403
    assert nothing_was_created()


def test_a_stranger_learns_of_no_connection_and_no_comparison(
    client, operator, connection, alice, mallory, workspace
):
    other = Workspace.objects.create(name="Other")
    mallory.memberships.create(workspace=other, role="operator")
    comparison = Comparison.objects.create(workspace=workspace, owner=alice, title="t")
    client.force_login(mallory)

    theirs = post(client, {"input": "Hi", "panes": [pane(connection)]}).json()
    nobodys = post(client, {"input": "Hi", "panes": [pane(connection) | {"connection": "nobodys"}]}).json()

    assert theirs == nobodys
    response = client.get(f"/playground/comparisons/{comparison.pk}/")
    assert response.status_code == 404


def test_a_comparison_that_is_not_there_is_not_found(operator, connection):
    body = {"comparison": str(uuid.uuid4()), "input": "Hi", "panes": [pane(connection)]}

    assert post(operator, body).status_code == 404
    assert nothing_was_created()


def test_without_a_token_nothing_is_sent(alice, connection):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)

    assert post(strict, {"input": "Hi", "panes": [pane(connection)]}).status_code == 403
    assert nothing_was_created()


FORM = {
    "input": "Hi",
    "instructions": "Be brief",
    "panes.0.connection": "prod",
    "panes.0.model": "gpt-5-mini",
    "panes.0.api": "chat",
    "panes.0.parameters.temperature": "0.5",
    "panes.0.parameters.stop": "a\nb",
    "panes.0.parameters.seed": "",
    "panes.2.connection": "prod",
    "panes.2.model": "other",
    "panes.2.api": "responses",
    "panes.2.parameters.store": "false",
}


def test_a_form_without_javascript_asks_the_same(operator, connection):
    response = operator.post(TURNS, FORM)

    comparison = Comparison.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/playground/comparisons/{comparison.pk}/")
    assert [(one.position, one.api, one.parameters) for one in Answer.objects.order_by("position")] == [
        (0, "chat", {"temperature": 0.5, "stop": ["a", "b"], "instructions": "Be brief"}),
        (2, "responses", {"store": False, "instructions": "Be brief"}),
    ]


def test_a_form_that_cannot_be_taken_keeps_what_was_written(operator, connection):
    response = operator.post(TURNS, FORM | {"panes.0.parameters.temperature": "hot", "input": "Much work"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Pane A: Temperature: it must be a number." in page
    assert "Much work" in page
    assert nothing_was_created()


def test_htmx_gets_the_panes_with_the_place_of_the_stream(operator, connection):
    response = operator.post(TURNS, FORM, headers={"HX-Request": "true"})

    page, comparison = response.content.decode(), Comparison.objects.get()
    assert response.status_code == 201
    assert response["HX-Push-Url"] == f"/playground/comparisons/{comparison.pk}/"
    assert f'data-stream="/playground/comparisons/{comparison.pk}/stream/?after=' in page
    assert page.count('data-state="streaming"') >= 2


def test_htmx_is_told_errors_where_the_composer_is(operator, connection):
    response = operator.post(TURNS, FORM | {"input": ""}, headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Retarget"]) == (422, "#composer-errors")
    assert 'data-error-kind="bad_request"' in response.content.decode()


def test_the_page_opens_with_the_model_that_the_link_names(operator, connection):
    page = operator.get("/playground/?connection=prod&model=my-deployment").content.decode()

    assert 'value="my-deployment"' in page
    assert '<option value="prod" selected>' in page


def test_without_connections_the_page_leads_to_adding_one(client, carol):
    client.force_login(carol)

    page = client.get("/playground/").content.decode()

    assert "Add a connection first" in page
    assert 'href="/connections/new/"' in page


def test_a_reader_sees_the_page_without_the_composer(client, bob, connection):
    client.force_login(bob)

    page = client.get("/playground/").content.decode()

    assert "Asking needs the role operator" in page
    assert "<textarea" not in page


def item(connection, kind, name, **raw):
    Item.objects.create(
        connection=connection,
        kind=kind,
        remote_id=name,
        name=name,
        raw=raw,
        digest=name,
        seen_at=timezone.now(),
    )


def test_the_first_panes_are_deployments_of_different_families(operator, connection):
    for name in ("gpt-5", "gpt-5-mini", "grok-4", "text-embedding-3-large", "Phi-4"):
        item(connection, "deployment", name, model=name)

    page = operator.get("/playground/").content.decode()

    chosen = [name for name in ("gpt-5", "grok-4", "Phi-4", "gpt-5-mini") if f'value="{name}"' in page]
    assert chosen == ["gpt-5", "grok-4", "Phi-4"]


def test_the_choices_are_deployments_then_models_that_are_marked(operator, connection):
    item(connection, "deployment", "chat", model="gpt-5")
    item(connection, "model", "gpt-5")
    item(connection, "model", "dall-e-3")

    page = operator.get("/playground/models/").content.decode()
    rows = operator.get("/playground/models/", headers={"accept": "application/json"}).json()["data"]

    assert "not deployed" in page
    assert [(row["model"], row["is_deployment"]) for row in rows] == [("chat", True), ("gpt-5", False)]


def test_any_name_can_be_chosen_as_typed(operator, connection):
    page = operator.get("/playground/models/?q=%3Cb%3Emine").content.decode()

    assert "Use “&lt;b&gt;mine” as typed" in page
    assert 'data-model="&lt;b&gt;mine"' in page


def test_one_more_pane_is_a_part_of_the_page(operator, connection):
    page = operator.get(
        "/playground/?position=3&connection=prod", headers={"HX-Request": "true"}
    ).content.decode()

    assert 'id="pane-3"' in page
    assert 'name="panes.3.model"' in page
    assert "<html" not in page
