"""Making an eval in fields and as JSON, exactly once; changing one, and who comes second."""

import json

import pytest

from console import jobs
from console.models import AuditEvent, Item, Job
from tests.upstream import Script
from tests.views.eval_world import EVAL, JSON, listed

URL = "/c/prod/evals/new/"
EDIT = "/c/prod/evals/eval_1/edit/"
SCHEMA = '{"type": "object", "properties": {"answer": {"type": "string"}}}'
FIELDS = {
    "mode": "form",
    "key": "k1",
    "name": "Support answers",
    "source": "custom",
    "schema": SCHEMA,
    "has_sample": "on",
    "metadata": "team = support",
    "criterion": ["c0:string_check"],
    "c0-name": "exact",
    "c0-input": "{{sample.output_text}}",
    "c0-operation": "eq",
    "c0-reference": "{{item.answer}}",
}
BODY = {
    "name": "Support answers",
    "metadata": {"team": "support"},
    "data_source_config": {
        "type": "custom",
        "item_schema": json.loads(SCHEMA),
        "include_sample_schema": True,
    },
    "testing_criteria": EVAL["testing_criteria"],
}
REFUSED = (
    400,
    {"error": {"code": "invalid_value", "message": "Unknown model “gpt-9”.", "param": "testing_criteria"}},
)


def marked(body: dict, key: str = "k1") -> dict:
    return {**body, "metadata": {**body["metadata"], "console_key": key}}


def test_the_page_offers_fields_files_and_kinds(operating, connection, upstream):
    page = operating.get(URL).text

    assert 'value="add:label_model"' in page
    assert 'name="c0-reference"' in page
    assert "client.evals.create(" in page
    assert '"aoai-evals": "preview"' in page.replace("&quot;", '"').replace("&#x27;", '"')
    assert upstream.hits == 0


def test_an_eval_is_made_of_the_fields(operating, connection, upstream):
    upstream["POST /evals"] = 200, EVAL

    response = operating.post(URL, FIELDS)

    assert (response.status_code, response["Location"]) == (302, "/c/prod/evals/eval_1/")
    assert upstream.requests[-1].json() == marked(BODY)
    event = AuditEvent.objects.filter(action="eval.created").latest("seq")
    assert (event.actor_label, event.outcome) == ("alice", "success")


def test_the_same_form_sent_twice_makes_one_eval(operating, connection, upstream):
    upstream["POST /evals"] = 200, EVAL

    responses = [operating.post(URL, FIELDS) for _ in range(2)]

    assert {one["Location"] for one in responses} == {"/c/prod/evals/eval_1/"}
    assert upstream.hits == 1


def test_a_cut_attempt_finds_the_eval_it_made(operating, connection, upstream):
    upstream["POST /evals"] = 200, EVAL
    operating.post(URL, FIELDS)
    Job.objects.update(state=Job.State.QUEUED, attempt=1, outcome={})
    upstream["GET /evals"] = listed({**EVAL, "id": "eval_7", "metadata": {"console_key": "k1"}})

    jobs.run(str(Job.objects.get().pk))

    assert Job.objects.get().outcome == {"eval": "eval_7"}
    assert [one.method for one in upstream.requests] == ["POST", "GET"]


def test_a_criterion_is_added_and_nothing_is_sent(operating, connection, upstream):
    response = operating.post(URL, {**FIELDS, "name": "", "do": "add:score_model"})

    assert response.status_code == 200
    assert 'value="c1:score_model"' in response.text
    assert 'value="{{item.answer}}"' in response.text
    assert "This field is required" not in response.text
    assert upstream.hits == 0


def test_a_criterion_is_removed_and_the_others_stay(operating, connection, upstream):
    sent = {**FIELDS, "criterion": ["c0:string_check", "c4:python"], "c4-name": "mine", "do": "remove:c0"}

    page = operating.post(URL, sent).text

    assert "c0:string_check" not in page
    assert 'name="c4-name" value="mine"' in page


def test_what_is_wrong_keeps_everything_typed(operating, connection, upstream):
    response = operating.post(URL, {**FIELDS, "name": "", "schema": "{", "c0-reference": ""})

    assert response.status_code == 422
    assert response.text.count('class="error"') == 3
    assert 'value="{{sample.output_text}}"' in response.text
    assert upstream.hits == 0


def test_what_is_wrong_is_told_as_json_by_the_name_of_its_field(operating, connection, upstream):
    response = operating.post(URL, {**FIELDS, "c0-operation": "is"}, headers=JSON)

    assert response.status_code == 422
    assert list(response.json()["error"]["fields"]) == ["c0-operation"]


def test_what_is_wrong_in_the_json_is_told_as_json_with_its_place(operating, connection, upstream):
    criterion = {**BODY["testing_criteria"][0], "operation": "is"}
    body = json.dumps({**BODY, "testing_criteria": [criterion]})

    response = operating.post(URL, {"mode": "json", "key": "k1", "body": body}, headers=JSON)

    assert response.status_code == 422
    assert response.json()["error"]["fields"]["body"][0].startswith("testing_criteria[0].operation: ")


def test_fields_become_json_with_all_that_was_typed(operating, connection, upstream):
    page = operating.post(URL, {**FIELDS, "do": "json"})

    form = page.context["shown"].as_json
    assert json.loads(form.initial["body"]) == BODY
    assert form.initial["key"] == "k1"


def test_json_becomes_fields_with_all_that_was_typed(operating, connection, upstream):
    sent = {"mode": "json", "key": "k1", "body": json.dumps(BODY), "do": "form"}

    draft = operating.post(URL, sent).context["shown"].draft

    assert draft.told() == BODY
    assert draft.head.initial["key"] == "k1"


def test_json_that_the_fields_cannot_hold_stays(operating, connection, upstream):
    body = {**BODY, "data_source_config": {"type": "logs", "metadata": {"n": 1}}}
    sent = {"mode": "json", "key": "k1", "body": json.dumps(body), "do": "form"}

    response = operating.post(URL, sent)

    assert response.status_code == 422
    assert "keep it as JSON" in response.text
    assert "&quot;logs&quot;" in response.text


def test_an_eval_is_made_of_json_as_it_stands(operating, connection, upstream):
    upstream["POST /evals"] = 200, EVAL
    endpoint = {"type": "endpoint", "name": "ours", "url": "https://example.com/grade"}
    body = {**BODY, "testing_criteria": [endpoint]}

    operating.post(URL, {"mode": "json", "key": "k1", "body": json.dumps(body)})

    assert upstream.requests[-1].json() == marked(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"name": }', "Line 1, column 10"),
        (json.dumps({**BODY, "testing_criteria": [{"type": "python"}]}), "testing_criteria[0]"),
        (json.dumps({**BODY, "rubbish": 1}), "rubbish: an eval has no such member"),
    ],
)
def test_wrong_json_says_where_and_stays(operating, connection, upstream, body, words):
    response = operating.post(URL, {"mode": "json", "key": "k1", "body": body})

    assert response.status_code == 422
    assert words in response.text
    assert upstream.hits == 0


def test_a_schema_is_taken_from_the_first_line_of_a_file(operating, connection, upstream):
    upstream["GET /files/file-1/content"] = 200, b'{"item": {"city": "Bern", "size": 3}}\n{', {}

    page = operating.post(URL, {**FIELDS, "file": "file-1", "do": "schema"})

    schema = json.loads(page.context["shown"].draft.head.initial["schema"])
    assert schema["properties"] == {"city": {"type": "string"}, "size": {"type": "integer"}}


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        ("", 422, "Choose a file first"),
        ("file-1", 422, "no object “item”"),
        ("file-9", 404, "data-error-kind"),
    ],
)
def test_a_file_that_tells_no_schema_says_why(operating, connection, upstream, file, status, words):
    upstream["GET /files/file-1/content"] = 200, b'{"question": "?"}\n', {}

    response = operating.post(URL, {**FIELDS, "file": file, "do": "schema"})

    assert response.status_code == status
    assert words in response.text
    assert 'value="Support answers"' in response.text


def test_another_like_one_begins_with_its_criteria(operating, known_eval, upstream):
    draft = operating.get(f"{URL}?like=eval_1").context["shown"].draft

    assert draft.told()["testing_criteria"] == EVAL["testing_criteria"]
    assert draft.told()["name"] == "Support answers (copy)"


def test_what_the_resource_refuses_is_told_and_can_be_sent_again(operating, connection, upstream):
    upstream["POST /evals"] = REFUSED

    response = operating.post(URL, FIELDS)

    assert response.status_code == 422
    assert "Unknown model “gpt-9”." in response.text
    assert 'value="Support answers"' in response.text
    assert 'value="k1"' not in response.text
    event = AuditEvent.objects.filter(action="eval.created").latest("seq")
    assert (event.outcome, event.http_status) == ("failure", 400)


def test_a_silent_resource_leaves_an_unknown_outcome(operating, connection, upstream):
    upstream["POST /evals"] = Script(200, [b'{"id":'], {}, cut=True)

    response = operating.post(URL, FIELDS)

    assert response.status_code >= 500
    assert AuditEvent.objects.filter(action="eval.created").latest("seq").outcome != "success"


def test_an_eval_is_renamed_and_keeps_its_mark(operating, known_eval, upstream):
    upstream["GET /evals/eval_1"] = 200, EVAL
    upstream["POST /evals/eval_1"] = 200, {**EVAL, "name": "Better"}
    seen = operating.get(EDIT).context["form"].initial["seen"]

    response = operating.post(EDIT, {"seen": seen, "name": "Better", "metadata": "team = sales"})

    assert response.status_code == 302
    assert upstream.requests[-1].json() == {
        "name": "Better",
        "metadata": {"team": "sales", "console_key": "k0"},
    }
    assert Item.objects.get(kind="eval").name == "Better"
    assert AuditEvent.objects.filter(action="eval.updated").latest("seq").outcome == "success"


def test_who_comes_second_gets_both_versions(operating, known_eval, upstream):
    seen = operating.get(EDIT).context["form"].initial["seen"]
    upstream["GET /evals/eval_1"] = 200, {**EVAL, "name": "Theirs"}

    response = operating.post(EDIT, {"seen": seen, "name": "Mine", "metadata": "team = support"})

    assert response.status_code == 409
    assert response.context["differences"] == [("Name", "Theirs", "Mine")]
    assert "POST" not in {one.method for one in upstream.requests}


def test_an_eval_that_is_gone_when_it_is_changed_is_noted(operating, known_eval, upstream):
    seen = operating.get(EDIT).context["form"].initial["seen"]

    response = operating.post(EDIT, {"seen": seen, "name": "Better", "metadata": ""})

    assert response.status_code == 404
    assert not Item.objects.present().exists()


def test_a_change_that_is_refused_is_told(operating, known_eval, upstream):
    upstream["GET /evals/eval_1"] = 200, EVAL
    upstream["POST /evals/eval_1"] = REFUSED
    seen = operating.get(EDIT).context["form"].initial["seen"]

    response = operating.post(EDIT, {"seen": seen, "name": "Better", "metadata": ""})

    assert "Unknown model" in response.text


def test_bob_may_not_make_or_change_one(reading, known_eval, upstream):
    assert reading.get(URL).status_code == 403
    assert reading.post(EDIT, {"name": "x"}).status_code == 403
    assert upstream.hits == 0


def test_mallory_finds_no_form(client, mallory, known_eval, upstream):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get(EDIT).status_code == 404
