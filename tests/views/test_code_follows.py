"""The code beside a form: the very body that the form would send, without the console's mark, and nothing happens."""

import json
import re
import shlex
from html import unescape

import pytest

from console.models import AuditEvent, Item, Job
from console.models.seen import Seen
from tests.views import (
    test_batches_new,
    test_checkpoints,
    test_containers,
    test_conversations,
    test_eval_runs_new,
    test_evals_new,
    test_fine_tuning,
    test_fine_tuning_new,
    test_responses_new,
    test_stored_completions,
    test_vector_store_files,
    test_vector_stores,
)
from tests.views.eval_world import EVAL, WORKING

TALK = 200, test_conversations.TALK
STORE = 200, test_vector_stores.STORE
CHOSEN = {"file_ids": "file-1 file-2", "chunking": "static", "size": "800", "overlap": "400"}
ADDED = {
    "key": "k1",
    "role": "user",
    "text": "Hi",
    "items": '[{"type": "message", "role": "user", "content": "A"}]',
}
REINFORCED = {**test_fine_tuning_new.FORM, **test_fine_tuning_new.GRADER, "method": "reinforcement"}
FORMS = {
    "fine-tuning": (
        "fine-tuning/new/",
        {**test_fine_tuning_new.FORM, "project": "tones"},
        "POST /fine_tuning/jobs",
        (200, test_fine_tuning.DONE),
    ),
    "fine-tuning by a grader": (
        "fine-tuning/new/",
        {**REINFORCED, "suffix": "", "reasoning_effort": "low"},
        "POST /fine_tuning/jobs",
        (200, test_fine_tuning.DONE),
    ),
    "batch": (
        "batches/new/",
        {**test_batches_new.FORM, "output_days": "14", "metadata": "team = it's ops"},
        "POST /batches",
        (200, test_batches_new.BATCH),
    ),
    "batch without metadata": (
        "batches/new/",
        {**test_batches_new.FORM, "name": ""},
        "POST /batches",
        (200, test_batches_new.BATCH),
    ),
    "eval": ("evals/new/", test_evals_new.FIELDS, "POST /evals", (200, EVAL)),
    "eval as JSON": (
        "evals/new/",
        {"mode": "json", "key": "k1", "body": json.dumps(test_evals_new.BODY)},
        "POST /evals",
        (200, EVAL),
    ),
    "eval run": ("evals/eval_1/run/", test_eval_runs_new.FIELDS, "POST /evals/eval_1/runs", (201, WORKING)),
    "vector store": (
        "vector-stores/new/",
        {"key": "k1", "name": "Runbooks", "days": "30", "metadata": "team = ops", **CHOSEN},
        "POST /vector_stores",
        STORE,
    ),
    "files of a store": (
        "vector-stores/vs-1/files/add/",
        {"key": "k1", "attributes": "year = 2026", **CHOSEN},
        "POST /vector_stores/vs-1/file_batches",
        (200, test_vector_store_files.BATCH),
    ),
    "response": (
        "responses/new/",
        test_responses_new.FORM,
        "POST /responses",
        test_responses_new.BEGUN,
    ),
    "conversation": (
        "conversations/new/",
        {**ADDED, "metadata": "title = A zip"},
        "POST /conversations",
        TALK,
    ),
    "empty conversation": ("conversations/new/", {"key": "k1", "role": "user"}, "POST /conversations", TALK),
    "items of a conversation": (
        "conversations/conv_1/add/",
        ADDED,
        "POST /conversations/conv_1/items",
        (200, {"data": []}),
    ),
    "container": (
        "containers/new/",
        {"key": "k1", "name": "Analysis", "memory": "4g", "minutes": "20", "file_ids": "file-1"},
        "POST /containers",
        (200, test_containers.CONTAINER),
    ),
    "checkpoint": (
        "fine-tuning/ftjob-2/checkpoints/ftchkpt-1/copy/",
        test_checkpoints.FORM,
        f"POST {test_checkpoints.COPY}",
        test_checkpoints.copies("Completed"),
    ),
}
SAMPLE = re.compile(r'<code id="sample-[a-z]+">(.*?)</code>', re.DOTALL)
INCOMPLETE = {"key": "k1", "name": "", "role": "user", "items": "[", "minutes": "x"}


ANSWER = test_stored_completions.FIRST
CHANGES = {
    "vector store": (
        "vector-stores/vs-1/edit/",
        {"name": "Ours", "days": "7", "metadata": "team = it's ops"},
        "/vector_stores/vs-1",
    ),
    "vector store without metadata": (
        "vector-stores/vs-1/edit/",
        {"name": "Ours", "days": "7", "metadata": ""},
        "/vector_stores/vs-1",
    ),
    "eval": ("evals/eval_1/edit/", {"name": "Better", "metadata": "team = sales"}, "/evals/eval_1"),
    "conversation": ("conversations/conv_1/edit/", {"metadata": "title = A zip"}, "/conversations/conv_1"),
    "stored completion": (
        f"stored-completions/{ANSWER['id']}/edit/",
        {"metadata": "channel = phone"},
        f"/chat/completions/{ANSWER['id']}",
    ),
    "attributes of a file": (
        "vector-stores/vs-1/files/file-1/attributes/",
        {"attributes": "year = 2030\nteam = ops"},
        "/vector_stores/vs-1/files/file-1",
    ),
}


@pytest.fixture
def world(known_eval, connection, upstream):
    """What the forms are about, and a resource that takes what they ask for."""
    Item.objects.take_in(connection.pk, "vector_store", [Seen("vs-1", "Runbooks", STORE[1], "completed")])
    Item.objects.take_in(connection.pk, "conversation", [Seen("conv_1", "A zip", TALK[1])])
    Item.objects.take_in(connection.pk, "fine_tuning_job", [Seen("ftjob-2", "tone", test_fine_tuning.DONE)])
    for _, _, call, answer in FORMS.values():
        upstream[call] = answer
    test_batches_new.known_files.remember(connection, test_batches_new.parse_file(test_batches_new.FILE))
    upstream["GET /files/file-1"] = 200, test_batches_new.FILE
    return upstream


@pytest.fixture
def stored(world, connection):
    """What there is to change: known, told when it is asked for, and taken when it is sent."""
    Item.objects.take_in(connection.pk, "stored_completion", [Seen(ANSWER["id"], "Sixty days.", ANSWER)])
    held = {"id": "file-1", "vector_store_id": "vs-1", "status": "in_progress", "attributes": {"year": 2026}}
    told = [STORE[1], STORE[1], EVAL, TALK[1], ANSWER, held]
    for (_, _, path), answer in zip(CHANGES.values(), told, strict=True):
        world[f"GET {path}"] = world[f"POST {path}"] = 200, answer
    return world


def body_of(curl: str) -> dict:
    """The JSON that a call with curl sends."""
    words = shlex.split(curl.replace("\\\n", " "))
    return json.loads(words[words.index("-d") + 1])


def unmarked(body: dict) -> dict:
    """Without the console's own mark, as somebody would write it who has no console."""
    metadata = {name: value for name, value in body.get("metadata", {}).items() if name != "console_key"}
    rest = {name: value for name, value in body.items() if name != "metadata"}
    return {**rest, "metadata": metadata} if metadata else rest


@pytest.mark.parametrize("name", FORMS)
def test_the_code_has_the_body_that_the_form_sends(operating, world, name, monkeypatch):
    place, form, call, _ = FORMS[name]
    before = AuditEvent.objects.count()

    told = operating.post(f"/c/prod/{place}", {**form, "do": "code"}, headers={"HX-Request": "true"})

    assert (world.hits, Job.objects.count(), AuditEvent.objects.count()) == (0, 0, before)
    python, curl = SAMPLE.findall(told.text)
    assert "<html" not in told.text
    assert "upstream-key-1" not in told.text
    assert "console_key" not in told.text
    operating.post(f"/c/prod/{place}", form)
    method, path = call.split()
    (sent,) = [one for one in world.requests if (one.method, one.path) == (method, f"/openai/v1{path}")]
    assert body_of(unescape(curl)) == unmarked(sent.json())
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "of whoever runs it")
    exec(unescape(python) + "client.close()", {})
    assert (world.requests[-1].method, world.requests[-1].path) == (sent.method, sent.path)
    assert (world.requests[-1].json() if world.requests[-1].body else {}) == unmarked(sent.json())


def codes(page: str) -> dict[str, str]:
    """The texts of the samples of a page or a card, by their ids."""
    found = re.findall(r'<code id="sample-([a-z-]+)">(.*?)</code>', page, re.DOTALL)
    return {name: unescape(text) for name, text in found}


@pytest.mark.parametrize("name", CHANGES)
def test_the_code_beside_what_changes_an_object_has_the_body_that_is_sent(
    operating, stored, name, monkeypatch
):
    place, form, path = CHANGES[name]
    page = operating.get(f"/c/prod/{place.removesuffix('attributes/')}").text
    form = {**form, "seen": re.search('name="seen" value="([0-9a-f]{64})"', page)[1]}
    hits, before = stored.hits, AuditEvent.objects.count()

    told = operating.post(f"/c/prod/{place}", {**form, "do": "code"}, headers={"HX-Request": "true"}).text

    assert (stored.hits, AuditEvent.objects.count()) == (hits, before)
    prefix = "save-" if "attributes" in place else ""
    code = codes(told)
    assert code.keys() == codes(page).keys()
    assert code[f"{prefix}curl"] != codes(page)[f"{prefix}curl"]
    assert operating.post(f"/c/prod/{place}", form).status_code == 302
    (sent,) = [one for one in stored.requests if one.method == "POST"]
    assert sent.path == f"/openai/v1{path}"
    assert body_of(code[f"{prefix}curl"]) == sent.json()
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "of whoever runs it")
    exec(code[f"{prefix}python"] + "client.close()", {})
    again = stored.requests[-1]
    assert (again.method, again.path, again.json()) == ("POST", sent.path, sent.json())


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_that_changes_an_object_begins_with_the_code_of_what_is_stored(operating, stored, name):
    place, _, _ = CHANGES[name]
    page = operating.get(f"/c/prod/{place.removesuffix('attributes/')}").text

    code = codes(page)["save-curl" if "attributes" in place else "curl"]
    said = body_of(code)
    assert said.get("metadata", said.get("attributes"))
    assert "An example" not in page
    form = page.partition('hx-trigger="change from:#')[2].partition(" ")[0]
    assert page.count(f'id="{form}"') == 1


@pytest.mark.parametrize("place", sorted({place for place, *_ in CHANGES.values()}))
def test_what_cannot_be_saved_leaves_the_code_as_it_is(operating, stored, place):
    told = operating.post(f"/c/prod/{place}", {"do": "code", "metadata": "x", "attributes": "x"})

    assert (told.status_code, stored.hits) == (204, 0)


@pytest.mark.parametrize("place", sorted({place for place, *_ in FORMS.values()}))
def test_a_form_that_is_not_complete_leaves_the_code_as_it_is_and_nothing_happens(operating, world, place):
    before = AuditEvent.objects.count()

    told = operating.post(f"/c/prod/{place}", {**INCOMPLETE, "do": "code"})

    assert (told.status_code, told.content) == (204, b"")
    assert (world.hits, Job.objects.count(), AuditEvent.objects.count()) == (0, 0, before)


@pytest.mark.parametrize("place", sorted({place for place, *_ in FORMS.values() if "copy" not in place}))
def test_the_page_begins_with_an_example_that_asks_to_be_replaced(operating, world, place):
    page = operating.get(f"/c/prod/{place}").text

    assert "An example; it follows the form" in page
    assert page.count('id="samples"') == 1
    form = page.partition('hx-trigger="change from:#')[2].partition(" ")[0]
    assert f'hx-include="#{form}"' in page
    assert page.count(f'id="{form}"') == 1


@pytest.mark.parametrize("query", ["", "?previous=resp_0"])
def test_a_form_that_is_filled_in_already_asks_at_once(operating, world, query):
    page = operating.get(f"/c/prod/responses/new/{query}").text

    assert ('hx-trigger="load, change' in page) == bool(query)


def test_a_form_that_failed_asks_for_its_own_code(operating, world):
    world["POST /responses"] = 400, {"error": {"message": "Too long."}}

    page = operating.post("/c/prod/responses/new/", test_responses_new.FORM).text

    assert "Too long." in page
    assert 'hx-trigger="load, change' in page


def test_a_checkpoint_asks_where_its_copy_is_begun(operating, world):
    page = operating.get(test_checkpoints.URL).text

    assert f'id="samples" hx-post="{test_checkpoints.URL}copy/"' in page
    assert page.count('id="copy-form"') == 1


def test_who_only_reads_is_offered_no_code_that_follows(reading, world):
    page = reading.get(test_checkpoints.URL).text

    assert "Same as code" in page
    assert 'id="samples"' not in page
