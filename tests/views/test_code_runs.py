"""The code beside forms, run as it stands: it makes the calls that the console makes, in their order."""

import json
import shlex
from email import message_from_bytes
from email.policy import HTTP

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console import jobs
from console.batching import work
from console.models import AuditEvent, Item, Job, Upload
from console.models.seen import Seen
from tests.conftest import connect
from tests.views import (
    test_batch_templates,
    test_containers,
    test_golden,
    test_graders,
    test_vector_search,
    test_vector_store_uploads,
)
from tests.views.test_code_follows import codes
from tests.views.test_vector_stores import STORE

ADD = "/c/prod/containers/cntr-1/add/"
UPLOAD = test_vector_store_uploads.PAGE
SEARCH = "/vector_stores/vs-1/search"
TEMPLATE = test_batch_templates.URL
CSV = "id;review;stars\na;The zip broke.;2\nb;“Warm”, and\tlight;5\n"

# Samples open files as the SDK's own documentation does, and leave the closing to the end of the program.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed file:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def elsewhere(settings, tmp_path, monkeypatch):
    """Code runs in a folder of its own, and with a key that it finds in the environment."""
    (tmp_path / "spool").mkdir()
    settings.DATA_DIR = tmp_path / "spool"
    monkeypatch.setattr(work, "PAUSE", 0.01)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "of whoever runs it")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def world(connection, upstream):
    Item.objects.take_in(connection.pk, "vector_store", [Seen("vs-1", "Runbooks", STORE, "completed")])
    Item.objects.take_in(connection.pk, "container", [Seen("cntr-1", "Analysis", test_containers.CONTAINER)])
    upstream["POST /containers/cntr-1/files"] = 200, test_containers.FILE
    upstream["POST /vector_stores/vs-1/file_batches"] = 200, test_vector_store_uploads.BATCH
    return upstream


def fields(request) -> dict:
    """What a request says, be it JSON or a form; a file is its name and its bytes."""
    kind = request.headers["content-type"]
    if kind.startswith("application/json"):
        return request.json()
    whole = message_from_bytes(f"content-type: {kind}\r\n\r\n".encode() + request.body, policy=HTTP)
    found = {}
    for part in whole.iter_parts():
        said, name = part.get_payload(decode=True), part.get_filename()
        found[part.get_param("name", header="content-disposition")] = (name, said) if name else said.decode()
    return found


def posts(requests) -> list[tuple]:
    """Path and content of each call that changes something, without the mark of the console."""
    told = [(one.path, fields(one)) for one in requests if one.method == "POST"]
    for _, body in told:
        if "console_key" in (body.get("metadata") or {}):
            del body["metadata"]["console_key"]
    return told


def in_a_shell(code: str) -> list[tuple]:
    """Path and content of each call of curl that sends something; a file is its name."""
    found = []
    for call in code.split("\n\n"):
        words = shlex.split(call.replace("\\\n", " "), comments=True)
        given = [words[at + 1] for at, word in enumerate(words) if word == "-F"]
        if not given and "-d" not in words:
            continue
        body = dict(one.split("=", 1) for one in given) or json.loads(words[words.index("-d") + 1])
        found.append((words[1].partition("/openai/v1")[2], body))
    return found


def asked(operating, world, place: str, form: dict) -> dict[str, str]:
    """The code of a form, for which nothing is sent, kept or recorded."""
    hits, before = world.hits, (Job.objects.count(), Upload.objects.count(), AuditEvent.objects.count())
    told = operating.post(place, {**form, "do": "code"}, headers={"HX-Request": "true"})
    assert (world.hits, (Job.objects.count(), Upload.objects.count(), AuditEvent.objects.count())) == (
        hits,
        before,
    )
    assert (told.status_code, "console_key" in told.text) == (200, False)
    return codes(told.text)


def run(world, python: str) -> list[tuple]:
    world.requests.clear()
    exec(python + "\nclient.close()", {})
    return posts(world.requests)


def test_files_of_the_resource_are_a_call_each(operating, world):
    form = {"key": "k1", "picked": ["file-1"], "file_ids": "file-2"}
    code = asked(operating, world, ADD, form)

    operating.post(ADD, form)

    sent = posts(world.requests)
    assert [said for _, said in sent] == [{"file_id": "file-1"}, {"file_id": "file-2"}]
    assert in_a_shell(code["curl"]) == [(path.removeprefix("/openai/v1"), said) for path, said in sent]
    assert run(world, code["python"]) == sent


def test_a_file_from_this_computer_is_in_the_code_by_its_name(operating, world, elsewhere):
    (elsewhere / "it's.txt").write_bytes(b"hello")
    code = asked(operating, world, ADD, {"key": "k1", "file": "it's.txt"})

    operating.post(ADD, {"key": "k1", "file": SimpleUploadedFile("it's.txt", b"hello")})

    sent = posts(world.requests)
    assert sent == [("/openai/v1/containers/cntr-1/files", {"file": ("it's.txt", b"hello")})]
    assert in_a_shell(code["curl"]) == [("/containers/cntr-1/files", {"file": '@"it\'s.txt"'})]
    assert run(world, code["python"]) == sent


def test_what_goes_into_a_store_is_sent_file_by_file_and_then_attached(operating, world, elsewhere):
    names = ["a.md", "b c.md"]
    uploads = [test_vector_store_uploads.arrived(operating, name) for name in names]
    answers = [test_vector_store_uploads.sent(number, name) for number, name in enumerate(names)]
    world["POST /files"] = [*answers, *answers]
    sizes = {"chunking": "static", "size": "400", "overlap": "100", "attributes": "year = 2026"}
    form = test_vector_store_uploads.form(*uploads, **sizes)
    code = asked(operating, world, UPLOAD, form)

    operating.post(UPLOAD, form)
    jobs.run(str(Job.objects.get().pk))

    sent = posts(world.requests)
    for name in names:
        (elsewhere / name).write_bytes(b"Restart it.")
    assert [path.removeprefix("/openai/v1") for path, _ in sent] == [
        "/files",
        "/files",
        "/vector_stores/vs-1/file_batches",
    ]
    told = in_a_shell(code["curl"])
    assert [path for path, _ in told] == [path.removeprefix("/openai/v1") for path, _ in sent]
    assert told[1][1] == {"purpose": "assistants", "file": '@"b c.md"'}
    assert told[2][1] == {**sent[2][1], "file_ids": ["file-…", "file-…"]}
    assert run(world, code["python"]) == sent


def test_a_batch_from_a_prompt_is_built_sent_and_started(operating, world, elsewhere):
    (elsewhere / "reviews.csv").write_text(CSV, encoding="utf-8-sig")
    world["POST /files"] = world["GET /files/file-1"] = 200, test_batch_templates.FILE
    world["POST /batches"] = 200, {"id": "batch-7", "status": "validating"}
    form = {
        **test_batch_templates.FORM,
        "output_days": "14",
        "metadata": "team = ops",
        "more": '{"top_p": 0.9}',
    }
    code = asked(operating, world, TEMPLATE, {**form, "file": "reviews.csv"})

    csv = SimpleUploadedFile("reviews.csv", CSV.encode())
    operating.post(TEMPLATE, {**form, "file": csv})
    draft = Job.objects.get()
    jobs.run(str(draft.pk))
    beside = codes(operating.get(f"/c/prod/batches/drafts/{draft.pk}/").text)
    operating.post(f"/c/prod/batches/drafts/{draft.pk}/start/")
    jobs.run(str(Job.objects.get(kind="batch.create").pk))

    sent = posts(world.requests)
    (_, file), (_, body) = sent
    assert "/files/file-…" in code["curl"]
    assert body["output_expires_after"] == {"anchor": "created_at", "seconds": 1_209_600}
    again = run(world, code["python"])
    name, lines = again[0][1]["file"]
    assert (name, again[0][1]["purpose"], again[1]) == (file["file"][0], "batch", sent[1])
    assert [json.loads(one) for one in lines.splitlines()] == [
        json.loads(one) for one in file["file"][1].splitlines()
    ]
    described, _, calls = code["curl"].partition("\n\n")
    assert json.loads(described.splitlines()[1].removeprefix("# "))["body"]["top_p"] == 0.9
    assert in_a_shell(calls)[1] == ("/batches", {**body, "input_file_id": "file-…"})
    assert calls == beside["curl"]
    assert ("GET", "/openai/v1/files/file-1") in [(one.method, one.path) for one in world.requests]
    assert run(world, beside["python"]) == again


def test_a_template_without_ids_of_its_own_numbers_the_rows(operating, world, elsewhere):
    (elsewhere / "rows.csv").write_text("review\nGood\nBad\n")
    world["POST /files"] = world["GET /files/file-1"] = 200, test_batch_templates.FILE
    world["POST /batches"] = 200, {"id": "batch-7", "status": "validating"}
    form = {**test_batch_templates.FORM, "user": "{{review}}?", "custom_id": ""}

    sent = run(world, asked(operating, world, TEMPLATE, form)["python"])

    lines = [json.loads(one) for one in sent[0][1]["file"][1].splitlines()]
    assert [one["custom_id"] for one in lines] == ["row-1", "row-2"]


def test_each_golden_query_is_a_search(operating, world):
    for number, query in enumerate(["pool exhausted", "it's a refund"]):
        operating.post(test_golden.GOLDEN, {"key": f"g{number}", "query": query, "file_ids": "file-1"})
    world[f"POST {SEARCH}"] = 200, test_vector_search.FOUND
    form = {"key": "r1", "most": "3", "ranker": "auto", "threshold": "0.5", "rewrite": "on"}
    code = asked(operating, world, f"{test_golden.GOLDEN}run/", form)

    operating.post(f"{test_golden.GOLDEN}run/", form)
    jobs.run(str(Job.objects.get().pk))

    sent = posts(world.requests)
    assert [body["query"] for _, body in sent] == ["pool exhausted", "it's a refund"]
    assert in_a_shell(code["curl"]) == [(SEARCH, body) for _, body in sent]
    assert run(world, code["python"]) == sent


def test_a_search_of_two_stores_is_a_call_each(operating, world, connection):
    Item.objects.take_in(connection.pk, "vector_store", [Seen("vs-2", "Handbooks", STORE, "completed")])
    world[f"POST {SEARCH}"] = world["POST /vector_stores/vs-2/search"] = 200, test_vector_search.FOUND
    wanted = {"threshold": "0.4", "key_1": "year", "operator_1": "gte", "value_1": "2026"}
    form = test_vector_search.form(against="prod/vs-2", **wanted)
    code = asked(operating, world, test_vector_search.BENCH, form)

    page = operating.post(test_vector_search.BENCH, form).text

    sent = sorted(posts(world.requests))
    assert codes(page) == code
    assert [path for path, _ in sent] == [f"/openai/v1{SEARCH}", "/openai/v1/vector_stores/vs-2/search"]
    assert in_a_shell(code["curl"]) + in_a_shell(code["beside-curl"]) == [
        (path.removeprefix("/openai/v1"), body) for path, body in sent
    ]
    assert run(world, code["python"]) + run(world, code["beside-python"]) == sent


def test_a_grader_is_run_and_validated(operating, world):
    world[test_graders.RUN] = 200, test_graders.GRADE
    world[test_graders.VALIDATE] = 200, {"grader": test_graders.EXACT}
    code = asked(operating, world, test_graders.URL, test_graders.FORM)

    for verb in ("run", "validate"):
        operating.post(test_graders.URL, {**test_graders.FORM, "do": verb})

    sent = posts(world.requests)
    assert sent[0][1]["model_sample"] == "Paris"
    assert in_a_shell(code["curl"]) + in_a_shell(code["validate-curl"]) == [
        (path.removeprefix("/openai/v1"), body) for path, body in sent
    ]
    assert run(world, code["python"]) + run(world, code["validate-python"]) == sent


def test_an_upload_says_when_its_file_expires(operating, world, elsewhere):
    (elsewhere / "requests.jsonl").write_bytes(b"{}")
    world["POST /files"] = 200, test_batch_templates.FILE
    form = {"connection": "prod", "kind": "batch", "expires": "14"}

    code = asked(operating, world, "/files/upload/", form)

    (sent,) = in_a_shell(code["curl"])
    life = {"expires_after[seconds]": "1209600", "expires_after[anchor]": "created_at"}
    assert sent == ("/files", {"purpose": "batch", **life, "file": '@"requests.jsonl"'})
    assert run(world, code["python"])[0][1] == {"purpose": "batch", **life, "file": ("requests.jsonl", b"{}")}


@pytest.mark.parametrize(
    ("place", "verb", "form"),
    [
        (test_golden.GOLDEN, "run/", {"key": "r1", "most": "8", "ranker": "auto"}),
        (test_graders.URL, "", {name: test_graders.FORM[name] for name in ("grader_kind",)}),
    ],
)
def test_a_form_that_is_complete_from_the_beginning_begins_with_its_own_code(
    operating, world, place, verb, form
):
    operating.post(test_golden.GOLDEN, {"key": "g1", "query": "pool exhausted", "file_ids": "file-1"})
    page = operating.get(place)
    typed = {**form, **fields_of(page)}

    assert codes(page.text) == asked(operating, world, f"{place}{verb}", typed)
    assert "An example" not in page.text


def fields_of(page) -> dict[str, str]:
    """What the grader bench shows in its fields; nothing of another page."""
    if "grader" not in page.context:
        return {}
    shown = [*page.context["grader"], *page.context["sample"]]
    return {one.html_name: one.value() for one in shown if one.value() is not None}


def test_rows_that_stay_in_the_console_are_no_call(operating, world):
    form = {"connection": "prod", "kind": "rows", "do": "code"}

    assert "Nothing is sent to a resource." in operating.post("/files/upload/", form).text


def test_the_copy_of_a_file_names_where_it_goes(operating, world, connection, workspace):
    connect(workspace, "other", f"127.0.0.1:{world.port}", "/openai/v1", "other-key")
    Item.objects.take_in(connection.pk, "file", [Seen("file-1", "train.jsonl", {"purpose": "fine-tune"})])

    code = asked(
        operating, world, "/c/prod/files/file-1/copy/", {"key": "k", "target": "other", "purpose": "evals"}
    )

    assert "# then on other" in code["python"]
    assert "-F purpose=evals" in code["curl"]


@pytest.mark.parametrize("place", [ADD, UPLOAD, TEMPLATE])
def test_a_form_without_what_it_needs_leaves_the_code_as_it_is(operating, world, place):
    told = operating.post(place, {"key": "k1", "do": "code", "chunking": "auto"})

    assert (told.status_code, told.content, world.hits) == (204, b"", 0)


@pytest.mark.parametrize("place", [ADD, UPLOAD, TEMPLATE])
def test_these_pages_begin_with_an_example_that_asks_to_be_replaced(operating, world, place):
    page = operating.get(place).text

    form = page.partition('hx-trigger="change from:#')[2].partition(" ")[0]
    assert "An example; it follows the form" in page
    assert page.count(f'id="{form}"') == 1
