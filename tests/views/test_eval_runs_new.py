"""Starting a run: a model that answers rows, a file with answers, answers that were kept, or JSON; exactly once."""

import json

import pytest

from console import jobs
from console.index import eval_runs as index
from console.models import AuditEvent, Item, Job, Upload
from console.v1.eval_runs import parse_run
from tests.upstream import Script
from tests.views.eval_world import JSON, WORKING, listed

URL = "/c/prod/evals/eval_1/run/"
FIELDS = {
    "key": "k1",
    "kind": "sample",
    "name": "nano, prompt 2",
    "file": "file-1",
    "model": "gpt-4.1-nano",
    "temperature": "0",
    "seed": "7",
    "metadata": "prompt = 2",
    "message": ["m0", "m3"],
    "m0-role": "developer",
    "m0-content": "Answer in one line.\r\nBe kind.",
    "m3-role": "user",
    "m3-content": "{{item.question}}",
}
SOURCE = {
    "type": "completions",
    "model": "gpt-4.1-nano",
    "input_messages": {
        "type": "template",
        "template": [
            {"role": "developer", "content": "Answer in one line.\nBe kind."},
            {"role": "user", "content": "{{item.question}}"},
        ],
    },
    "source": {"type": "file_id", "id": "file-1"},
    "sampling_params": {"temperature": 0, "seed": 7},
}
KEPT = {
    "stored": (
        {"made_by": "gpt-4.1", "filter": "channel = mail", "after": "2026-11-01", "limit": "50"},
        {
            "type": "completions",
            "source": {
                "type": "stored_completions",
                "model": "gpt-4.1",
                "metadata": {"channel": "mail"},
                "created_after": 1793491200,
                "limit": 50,
            },
        },
    ),
    "responses": (
        {"instructions": "polite", "before": "2026-11-01", "anew": "gpt-5-mini"},
        {
            "type": "responses",
            "source": {"type": "responses", "instructions_search": "polite", "created_before": 1793491200},
            "model": "gpt-5-mini",
            "input_messages": {"type": "item_reference", "item_reference": "item.input"},
        },
    ),
    "answered": ({"file": "file-2"}, {"type": "jsonl", "source": {"type": "file_id", "id": "file-2"}}),
}
REFUSED = 400, {"error": {"code": "file_not_found", "message": "There is no file “file-1”."}}


@pytest.fixture
def answering(upstream):
    upstream["POST /evals/eval_1/runs"] = 201, WORKING
    return upstream


def test_the_form_knows_the_fields_of_a_row(operating, known_eval, upstream):
    response = operating.get(URL)

    assert "{{item.answer}}" in response.text
    assert "client.evals.runs.create(" in response.text
    assert upstream.hits == 0


def test_a_file_is_uploaded_on_the_way_and_nothing_typed_is_lost(
    operating, alice, known_eval, connection, upstream
):
    prompt = "Answer in one line.\n" * 500
    typed = {**FIELDS, "file": "", "m0-content": prompt, "do": "upload"}
    place = operating.post(URL, typed)["Location"]
    uploader = operating.get(place)
    upload = Upload.objects.create(
        workspace=connection.workspace,
        connection=connection,
        owner=alice,
        name="a.jsonl",
        size=3,
        purpose="evals",
        file_id="file-77",
        state="sent",
    )

    form = operating.get(operating.get(f"/uploads/{upload.pk}/").context["back"])

    assert uploader.context["form"]["kind"].value() == "evals"
    assert form.context["form"]["file"].value() == "file-77"
    assert form.context["form"]["model"].value() == "gpt-4.1-nano"
    assert form.context["messages_typed"][0]["content"].value() == prompt
    assert form.context["messages_typed"][1]["content"].value() == "{{item.question}}"
    assert upstream.hits == 0


def test_a_form_that_is_not_kept_any_more_is_a_blank_one(operating, known_eval):
    form = operating.get(f"{URL}?kept=gone&file=file-77").context["form"]

    assert (form["kind"].value(), form["file"].value()) == ("sample", "file-77")


def test_a_model_answers_the_rows_of_a_file(operating, known_eval, answering):
    response = operating.post(URL, FIELDS)

    assert (response.status_code, response["Location"]) == (302, "/c/prod/eval-runs/evalrun_3/")
    assert answering.requests[-1].json() == {
        "name": "nano, prompt 2",
        "metadata": {"prompt": "2", "console_key": "k1"},
        "data_source": SOURCE,
    }
    assert Item.objects.get(remote_id="evalrun_3").status == "in_progress"
    event = AuditEvent.objects.filter(action="eval_run.created").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "eval_1", "success")
    assert event.target_label == known_eval.name


@pytest.mark.parametrize("kind", KEPT)
def test_answers_that_there_are_are_judged(operating, known_eval, answering, kind):
    fields, source = KEPT[kind]

    operating.post(URL, {"key": "k1", "kind": kind, **fields})

    assert answering.requests[-1].json()["data_source"] == source


def test_a_data_source_is_sent_as_json_as_it_stands(operating, known_eval, answering):
    source = {"type": "jsonl", "source": {"type": "file_content", "content": [{"item": {"answer": "x"}}]}}

    operating.post(URL, {"key": "k1", "kind": "json", "body": json.dumps(source)})

    assert answering.requests[-1].json()["data_source"] == source


def test_the_same_form_sent_twice_starts_one_run(operating, known_eval, answering):
    responses = [operating.post(URL, FIELDS) for _ in range(2)]

    assert {one["Location"] for one in responses} == {"/c/prod/eval-runs/evalrun_3/"}
    assert answering.hits == 1


def test_a_cut_attempt_finds_the_run_it_started(operating, known_eval, answering):
    operating.post(URL, FIELDS)
    Job.objects.update(state=Job.State.QUEUED, attempt=1, outcome={})
    mine = {**WORKING, "id": "evalrun_8", "metadata": {"console_key": "k1"}}
    answering["GET /evals/eval_1/runs"] = listed(WORKING, mine)

    jobs.run(str(Job.objects.get().pk))

    assert Job.objects.get().outcome == {"run": "evalrun_8"}


def test_messages_are_added_and_removed_and_nothing_is_started(operating, known_eval, upstream):
    added = operating.post(URL, {**FIELDS, "do": "add"}).text
    removed = operating.post(URL, {**FIELDS, "do": "remove:m0"}).text

    assert 'value="m4"' in added
    assert "Be kind." not in removed
    assert "{{item.question}}" in removed
    assert upstream.hits == 0


def test_the_fields_become_json(operating, known_eval, upstream):
    form = operating.post(URL, {**FIELDS, "do": "json"}).context["form"]

    assert (form.initial["kind"], json.loads(form.initial["body"])) == ("json", SOURCE)


def test_json_is_gone_to_by_the_step_that_takes_the_fields_along(operating, known_eval):
    radio = 'name="kind" value="json"'
    blank = operating.get(URL)
    stepped = operating.post(URL, {**FIELDS, "do": "json"})
    back = operating.post(URL, {**FIELDS, "body": "{}", "do": "add"})

    assert radio not in blank.text
    assert 'value="json"' in blank.text
    assert (radio in stepped.text, radio in back.text) == (True, True)


@pytest.mark.parametrize("kind", ["sample", "answered", "stored", "responses", "json"])
def test_what_another_kind_needs_is_never_called_optional(operating, known_eval, kind):
    page = operating.post(URL, {"key": "k1", "kind": kind, "metadata": "no sign", "body": "[]"})

    assert page.status_code == 422
    for name in ("file", "model", "body"):
        label = page.text.split(f'for="id_{name}">')[1].partition("</label>")[0]
        assert "optional" not in label


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"model": ""}, "model"),
        ({"file": ""}, "file"),
        ({"temperature": "hot"}, "temperature"),
        ({"kind": "json", "body": "{"}, "body"),
        ({"kind": "json", "body": '{"type": "jsonl"}'}, "body"),
        ({"message": []}, "__all__"),
    ],
)
def test_what_is_wrong_is_told_and_kept(operating, known_eval, upstream, changes, field):
    response = operating.post(URL, {**FIELDS, **changes})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert 'value="nano, prompt 2"' in response.text
    assert upstream.hits == 0


def test_an_empty_message_is_told(operating, known_eval, upstream):
    response = operating.post(URL, {**FIELDS, "m3-content": ""})

    assert response.status_code == 422
    assert upstream.hits == 0


@pytest.mark.parametrize("source", [SOURCE, *(source for _, source in KEPT.values())])
def test_another_run_begins_with_all_of_the_first(operating, known_eval, connection, upstream, source):
    index.remember(connection, parse_run({**WORKING, "data_source": source, "metadata": {"prompt": "2"}}))

    form = operating.get(f"{URL}?like=evalrun_3").context["form"]

    assert form.initial["kind"] != "json"
    assert form.initial["metadata"] == "prompt = 2"


def test_a_run_that_the_fields_cannot_hold_begins_as_json(operating, known_eval, connection, upstream):
    source = {**SOURCE, "sampling_params": {"tools": []}}
    index.remember(connection, parse_run({**WORKING, "data_source": source}))

    form = operating.get(f"{URL}?like=evalrun_3").context["form"]

    assert (form.initial["kind"], json.loads(form.initial["body"])) == ("json", source)


def test_what_the_resource_refuses_is_told(operating, known_eval, upstream):
    upstream["POST /evals/eval_1/runs"] = REFUSED

    response = operating.post(URL, FIELDS)

    assert response.status_code == 422
    assert "There is no file “file-1”." in response.text
    assert "Be kind." in response.text
    event = AuditEvent.objects.filter(action="eval_run.created").latest("seq")
    assert (event.outcome, event.http_status) == ("failure", 400)


def test_a_silent_resource_leaves_an_unknown_outcome(operating, known_eval, upstream):
    upstream["POST /evals/eval_1/runs"] = Script(201, [b'{"id":'], {}, cut=True)

    assert operating.post(URL, FIELDS).status_code >= 500
    assert AuditEvent.objects.filter(action="eval_run.created").latest("seq").outcome != "success"


def test_json_is_answered_with_the_run(operating, known_eval, answering):
    response = operating.post(URL, FIELDS, headers=JSON)

    assert (response.status_code, response.json()["id"]) == (201, "evalrun_3")


def test_bob_may_not_start_one_and_mallory_finds_no_form(client, bob, mallory, known_eval, upstream):
    client.force_login(bob)
    assert client.post(URL, FIELDS).status_code == 403
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert upstream.hits == 0
