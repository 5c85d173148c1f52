"""Starting a fine-tuning job: the form of each method, its files, its quote, and what is sent."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from console import jobs
from console.index import files as file_index
from console.index import models as model_index
from console.models import AuditEvent, Item, Job, Upload
from console.training.related import OFFERED
from console.v1.files import parse_file
from console.v1.models import parse_model
from tests.upstream import Script
from tests.views.test_fine_tuning import JOB, JSON

URL = "/c/prod/fine-tuning/new/"
MODEL = {"id": "gpt-4.1-mini-2025-04-14", "capabilities": {"fine_tune": True}}
FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 900,
    "created_at": 1760000000,
    "filename": "train.jsonl",
    "purpose": "fine-tune",
    "status": "processed",
}
LINE = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello there"}]}\n'
FORM = {
    "key": "form-1",
    "method": "supervised",
    "model": "gpt-4.1-mini-2025-04-14",
    "training_file": "file-1",
    "validation_file": "file-2",
    "suffix": "tone",
    "seed": "42",
    "n_epochs": "3",
}
GRADER = {
    "grader_kind": "string_check",
    "grader_name": "exact",
    "grader_input": "{{sample.output_text}}",
    "grader_operation": "eq",
    "grader_reference": "{{item.answer}}",
}
REFUSED = 400, {"error": {"code": "model_not_available", "message": "It cannot be tuned.", "param": "model"}}


@pytest.fixture
def known(connection, upstream):
    """A base model and a training file in the index, and a resource that takes the job."""
    Item.objects.take_in(connection.pk, "model", [model_index.seen(parse_model(MODEL), None)])
    Item.objects.take_in(connection.pk, "file", [file_index.seen(parse_file(FILE))])
    upstream["POST /fine_tuning/jobs"] = 200, JOB
    upstream["GET /files/file-1/content"] = 200, b"\xef\xbb\xbf" + LINE * 12, {}
    return upstream


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


def sent(upstream) -> dict:
    (one,) = [each for each in upstream.requests if each.method == "POST"]
    return one.json()


def test_the_form_offers_models_that_can_be_tuned_and_files_to_train_on(operating, known):
    page = operating.get(URL).text

    assert '<option value="gpt-4.1-mini-2025-04-14">' in page
    assert '<option value="file-1">train.jsonl, 900\u202fB' in page
    assert known.hits == 0


def test_each_method_has_its_own_settings(operating, known):
    pages = {method: operating.get(f"{URL}?method={method}").text for method in ("dpo", "reinforcement")}

    assert ('name="beta"' in pages["dpo"], 'name="grader_kind"' in pages["dpo"]) == (True, False)
    assert ('name="beta"' in pages["reinforcement"], 'name="grader_kind"' in pages["reinforcement"]) == (
        False,
        True,
    )


def test_the_code_changes_with_the_method(operating, known):
    page = operating.get(URL).text

    assert page.count('hx-select-oob="#samples"') == 3
    assert page.count('id="samples"') == 1


def test_what_was_typed_survives_another_method(operating, known):
    page = operating.get(f"{URL}?method=dpo&suffix=tone&training_file=file-1&n_epochs=7").text

    assert 'value="tone"' in page
    assert '<option value="file-1" selected>' in page
    assert 'value="7"' in page


def test_a_file_that_the_index_does_not_know_can_be_asked_for(operating, known):
    page = operating.get(f"{URL}?training_file=file-77").text

    assert '<option value="file-77" selected>' in page


def test_what_was_typed_can_still_be_changed_where_the_index_knows_no_file(operating, connection, upstream):
    upstream["POST /fine_tuning/jobs"] = REFUSED

    page = operating.post(URL, FORM).text

    assert 'type="text" name="model" value="gpt-4.1-mini-2025-04-14"' in page
    assert 'type="text" name="training_file" value="file-1"' in page


def test_of_more_files_than_a_list_offers_any_can_be_typed(operating, known, connection):
    files = [parse_file({**FILE, "id": f"file-{number}"}) for number in range(1, OFFERED + 1)]
    Item.objects.take_in(connection.pk, "file", [file_index.seen(one) for one in files])

    page = operating.get(f"{URL}?training_file=file-old").text

    assert re.search(
        r'<input type="text" name="training_file" value="file-old"[^>]* list="known-training_file"', page
    )
    assert page.count('<option value="file-7">') == 2  # to train on, and to validate with
    assert '<select name="model"' in page


def test_a_job_is_started_and_recorded(operating, known):
    response = operating.post(URL, FORM)

    assert (response.status_code, response["Location"]) == (302, "/c/prod/fine-tuning/ftjob-1/")
    assert sent(known) == {
        "model": "gpt-4.1-mini-2025-04-14",
        "training_file": "file-1",
        "validation_file": "file-2",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
        "suffix": "tone",
        "seed": 42,
        "metadata": {"console_key": "form-1", "suffix": "tone"},
    }
    event = AuditEvent.objects.filter(action="fine_tuning_job.created").latest("seq")
    assert (event.actor_label, event.target_label, event.outcome) == ("alice", "tone", "success")
    assert Item.objects.get(kind="fine_tuning_job").remote_id == "ftjob-1"


def test_the_same_form_sent_again_leads_to_the_same_job(operating, known):
    first = operating.post(URL, FORM)
    second = operating.post(URL, FORM)

    assert first["Location"] == second["Location"]
    assert known.hits == 1


def test_a_cut_attempt_finds_the_job_that_it_started(operating, known, connection, alice):
    from console.training import work

    known["POST /fine_tuning/jobs"] = Script(200, [b'{"id":'], {}, cut=True)
    known["GET /fine_tuning/jobs"] = (
        200,
        {"object": "list", "data": [{**JOB, "metadata": {"console_key": "form-9"}}], "has_more": False},
    )
    job = work.create(connection, alice, work.NewJob("form-9", "gpt-5", "file-1", "supervised"))
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, attempt=1, error_kind="")

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.outcome["fine_tuning_job"]) == ("done", "ftjob-1")
    assert sum(one.method == "POST" for one in known.requests) == 1


def test_a_grader_is_made_from_its_fields(operating, known):
    operating.post(
        URL, {**FORM, **GRADER, "method": "reinforcement", "reasoning_effort": "low", "eval_samples": "4"}
    )

    assert sent(known)["method"] == {
        "type": "reinforcement",
        "reinforcement": {
            "grader": {
                "type": "string_check",
                "name": "exact",
                "operation": "eq",
                "input": "{{sample.output_text}}",
                "reference": "{{item.answer}}",
            },
            "hyperparameters": {"n_epochs": 3, "eval_samples": 4, "reasoning_effort": "low"},
        },
    }


def test_a_grader_that_is_no_json_is_told_and_kept(operating, known):
    wrong = {"grader_kind": "json", "grader_json": '{"type": '}

    response = operating.post(URL, {**FORM, **wrong, "method": "reinforcement"})

    assert response.status_code == 422
    assert "This is not JSON" in response.text
    assert known.hits == 0


def test_figures_are_sent_on_to_weights_and_biases(operating, known):
    operating.post(URL, {**FORM, "project": "support", "run": "first", "tags": "a, b,"})

    assert sent(known)["integrations"] == [
        {"type": "wandb", "wandb": {"project": "support", "name": "first", "tags": ["a", "b"]}}
    ]


def test_weights_and_biases_without_a_project_is_told(operating, known):
    response = operating.post(URL, {**FORM, "entity": "team"})

    assert response.status_code == 422
    assert "needs the project" in response.text


@pytest.mark.parametrize(
    ("name", "value"), [("n_epochs", "0"), ("suffix", "x" * 41), ("model", ""), ("seed", "-1")]
)
def test_a_wrong_entry_is_told_beside_its_field(operating, known, name, value):
    response = operating.post(URL, {**FORM, name: value})

    assert response.status_code == 422
    assert f'id="id_{name}_error"' in response.text
    assert 'value="tone"' in response.text or name == "suffix"
    assert known.hits == 0


def test_a_refused_job_keeps_the_form_under_a_new_key(operating, known):
    known["POST /fine_tuning/jobs"] = REFUSED

    response = operating.post(URL, FORM)

    assert "It cannot be tuned." in response.text
    assert 'value="tone"' in response.text
    assert 'value="form-1"' not in response.text
    assert AuditEvent.objects.latest("seq").outcome == "failure"


def test_a_silent_resource_has_an_unknown_outcome(operating, known):
    known["POST /fine_tuning/jobs"] = Script(200, [b'{"id":'], {}, cut=True)

    response = operating.post(URL, FORM)

    assert response.status_code >= 500
    assert Job.objects.get().state == "unknown_outcome"
    assert "Look into the list in a minute before you send this again." in response.text
    assert AuditEvent.objects.latest("seq").outcome != "success"


def test_a_job_whose_answer_got_lost_is_found_by_the_key_of_its_form(operating, known):
    known["POST /fine_tuning/jobs"] = Script(200, [b'{"id":'], {}, cut=True)
    known["GET /fine_tuning/jobs"] = (
        200,
        {"object": "list", "data": [{**JOB, "metadata": {"console_key": "form-1"}}]},
    )

    response = operating.post(URL, FORM)

    assert (response.status_code, response.headers["Location"]) == (302, "/c/prod/fine-tuning/ftjob-1/")
    assert sent(known)["model"] == FORM["model"]


def test_a_job_that_the_resource_failed_to_start_has_failed(operating, known):
    known["POST /fine_tuning/jobs"] = 500, {"error": {"message": "It broke."}}

    operating.post(URL, FORM)

    assert Job.objects.get().state == "failed"


def test_a_job_is_started_by_json(operating, known):
    response = operating.post(URL, FORM, headers=JSON)

    assert (response.status_code, response.json()["id"]) == (201, "ftjob-1")


def test_json_is_told_what_is_wrong(operating, known):
    response = operating.post(URL, {**FORM, "model": ""}, headers=JSON)

    assert (response.status_code, list(response.json()["error"]["fields"])) == (422, ["model"])


def test_the_doctor_looks_at_the_chosen_file_and_the_quote_follows(operating, known):
    before = operating.get(f"{URL}quote/", FORM).text
    part = operating.post(f"{URL}check/", FORM, headers={"HX-Request": "true", "HX-Target": "quote"}).text
    jobs.run(str(Job.objects.get(kind="file.examine").pk))
    after = operating.get(f"{URL}quote/", FORM).text

    assert ("Not checked" in before, "data-quote" in before) == (True, False)
    assert "load delay:2s" in part
    assert "Nothing found" in after
    assert "12 examples" in after
    assert "An estimate" in after
    assert "$" in after


def test_what_the_doctor_said_before_a_file_was_sent_counts(operating, known, connection, alice):
    report = {
        "purpose": "supervised",
        "errors": 0,
        "warnings": 1,
        "examples": 12,
        "estimate": {"tokens": 180},
    }
    facts = {"name": "train.jsonl", "size": 9, "purpose": "fine-tune", "state": Upload.State.SENT}
    upload = Upload.objects.create(
        workspace=connection.workspace,
        connection=connection,
        owner=alice,
        file_id=FORM["training_file"],
        report=report,
        **facts,
    )

    page = operating.get(f"{URL}quote/", FORM).text
    other = operating.get(f"{URL}quote/", {**FORM, "method": "dpo"}).text

    assert "12 examples" in page
    assert f'href="/uploads/{upload.pk}/">See the warnings' in page
    assert "An estimate" in page
    assert "Not checked" in other


def test_the_quote_follows_the_epochs_and_says_what_was_assumed(operating, known):
    operating.post(f"{URL}check/", FORM)
    jobs.run(str(Job.objects.get(kind="file.examine").pk))

    chosen = operating.get(f"{URL}quote/", {**FORM, "n_epochs": "10"})
    assumed = operating.get(f"{URL}quote/", {**FORM, "n_epochs": ""})

    assert chosen.context["quote"].trained_tokens == 10 * chosen.context["quote"].tokens
    assert "as many as the service usually takes" not in chosen.text
    assert "as many as the service usually takes" in assumed.text


def test_nothing_is_said_of_a_price_that_nobody_knows(operating, known):
    operating.post(f"{URL}check/", FORM)
    jobs.run(str(Job.objects.get(kind="file.examine").pk))

    page = operating.get(f"{URL}quote/", {**FORM, "model": "mystery-7b"}).text

    assert "trained tokens" in page
    assert "$" not in page
    assert "no price" not in page


def test_reinforcement_is_quoted_by_the_hour(operating, known):
    form = {**FORM, "method": "reinforcement", "model": "o4-mini-2025-04-16"}
    operating.post(f"{URL}check/", form)
    jobs.run(str(Job.objects.get(kind="file.examine").pk))

    page = operating.get(f"{URL}quote/", form).text

    assert "illed by the hour" in page


def test_a_report_by_the_rules_of_another_method_does_not_count(operating, known):
    operating.post(f"{URL}check/", FORM)
    jobs.run(str(Job.objects.get(kind="file.examine").pk))

    assert "Not checked" in operating.get(f"{URL}quote/", {**FORM, "method": "dpo"}).text


def test_without_script_a_check_leads_back_to_what_was_typed(operating, known):
    response = operating.post(f"{URL}check/", FORM)

    place = urlsplit(response["Location"])
    assert place.path == URL
    assert parse_qs(place.query)["suffix"] == ["tone"]
    assert "key" not in parse_qs(place.query)


def test_the_uploader_has_the_purpose_preset_and_leads_back(operating, known):
    response = operating.post(f"{URL}upload/", {**FORM, "training_file": "", "method": "dpo"})
    page = operating.get(response["Location"])

    asked = parse_qs(urlsplit(response["Location"]).query)
    assert (asked["kind"], asked["connection"]) == (["preference"], ["prod"])
    assert page.context["form"]["kind"].value() == "preference"
    back = operating.get(page.context["back"]).context["form"]
    assert (back["suffix"].value(), back.kind) == ("tone", "dpo")


def test_an_uploaded_file_is_taken_back_into_the_form(operating, known, connection, workspace, alice):
    from console.models import Upload

    place = operating.post(f"{URL}upload/", {**FORM, "training_file": ""})["Location"]
    operating.get(place)
    upload = Upload.objects.create(
        workspace=workspace, connection=connection, owner=alice, name="a.jsonl", size=3, purpose="fine-tune"
    )
    Upload.objects.filter(pk=upload.pk).update(state="sent", file_id="file-88")

    back = operating.get(f"/uploads/{upload.pk}/").context["back"]

    assert parse_qs(urlsplit(back).query)["training_file"] == ["file-88"]
    assert "file-88" in operating.get(back).text
    operating.get("/files/upload/")
    assert operating.get(f"/uploads/{upload.pk}/").context["back"] == ""


def test_the_uploader_leads_to_no_form_that_was_not_left(operating, known):
    operating.post(f"{URL}upload/", FORM)

    assert operating.get("/files/upload/", {"for": "https://evil.example/"}).context["back"] == ""
    assert operating.get(URL, {"kept": "unknown"}).context["form"]["suffix"].value() is None


def test_bob_may_not_start_a_job(client, bob, known):
    client.force_login(bob)

    assert client.get(URL).status_code == 403
    assert client.post(URL, FORM).status_code == 403
    assert client.post(f"{URL}check/", FORM).status_code == 403
    assert known.hits == 0


def test_mallory_sees_nothing(client, mallory, known):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}quote/").status_code == 404
    assert client.post(URL, FORM).status_code == 404
