import asyncio
import inspect
import time

import pytest

from console.outbound.errors import AuditUnavailable, BadRequest, ConnectionLost, NotFound
from console.v1.client import Client, NullRecorder, Target
from tests.upstream import Script
from tests.v1.conftest import KEY

TARGET = Target("file", "file-1", "train.jsonl")


def wait_for_a_hit(upstream):
    for _ in range(2000):
        if upstream.hits:
            return
        time.sleep(0.005)
    raise AssertionError("nothing was sent")


def change(client, **options):
    return client.change(
        "POST",
        "/vector_stores/vs-1",
        action="vector_store.updated",
        target=TARGET,
        json={"name": "a"},
        **options,
    )


def test_a_read_is_not_recorded_and_carries_the_key(client, upstream, recorder):
    upstream["GET /models"] = 200, {"data": []}

    assert client.get("/models").json() == {"data": []}
    assert recorder.events == []
    assert upstream.requests[0].headers["api-key"] == KEY


def test_the_intent_is_written_before_anything_is_sent(client, upstream, recorder):
    upstream["POST /vector_stores/vs-1"] = 200, {"id": "file-1"}, {"apim-request-id": "req-1"}

    change(client)

    (_, intent), (_, outcome) = recorder.events
    assert intent == {
        "action": "vector_store.updated",
        "target": TARGET,
        "method": "POST",
        "path": "/vector_stores/vs-1",
        "hits": 0,
    }
    assert (outcome["token"], outcome["outcome"], outcome["http_status"]) == ("token-1", "success", 200)
    assert (outcome["request_id"], outcome["error_kind"], outcome["hits"]) == ("req-1", "", 1)


def test_without_an_audit_nothing_is_sent(client, upstream, recorder):
    recorder.refuses = AuditUnavailable()

    with pytest.raises(AuditUnavailable):
        change(client)
    with pytest.raises(AuditUnavailable):
        asyncio.run(client.achange("POST", "/files", action="file.created", target=TARGET))

    assert upstream.hits == 0


def test_a_refused_change_is_recorded_as_a_failure(client, upstream, recorder):
    upstream["POST /vector_stores/vs-1"] = (
        400,
        {"error": {"code": "bad", "message": "No"}},
        {"apim-request-id": "r"},
    )

    with pytest.raises(BadRequest):
        change(client)

    facts = recorder.last
    assert (facts["outcome"], facts["http_status"], facts["error_kind"], facts["request_id"]) == (
        "failure",
        400,
        "bad_request",
        "r",
    )


@pytest.mark.parametrize(("answer", "made"), [({"id": "vs-9"}, "vs-9"), ({"id": 9}, ""), ([], "")])
def test_the_outcome_of_a_creation_tells_what_was_made(client, upstream, recorder, answer, made):
    upstream["POST /vector_stores"] = 200, answer

    client.change(
        "POST", "/vector_stores", action="vector_store.created", target=Target("vector_store"), json={}
    )

    assert (recorder.last["outcome"], recorder.last["made"]) == ("success", made)


def test_a_change_of_something_known_makes_nothing(client, upstream, recorder):
    upstream["POST /vector_stores/vs-1"] = 200, {"id": "vs-1"}

    change(client)

    assert recorder.last["made"] == ""


def test_a_change_whose_answer_was_lost_has_an_unknown_outcome(client, upstream, recorder):
    upstream["POST /vector_stores/vs-1"] = Script(
        200, [b'{"id"'], {"content-type": "application/json"}, cut=True
    )

    with pytest.raises(ConnectionLost):
        change(client)

    assert recorder.names == ["intent", "outcome"]
    assert recorder.last["error_kind"] == "connection_lost"


def test_a_change_that_breaks_in_our_own_code_is_recorded(client, upstream, recorder):
    client.auth = object()

    with pytest.raises(AttributeError):
        change(client)

    assert (recorder.last["outcome"], recorder.last["error_kind"]) == ("unknown", "interrupted")
    assert upstream.hits == 0


@pytest.mark.parametrize("name", ["change", "achange", "astream"])
def test_no_change_can_be_called_without_an_action_and_a_target(name):
    required = {
        each.name
        for each in inspect.signature(getattr(Client, name)).parameters.values()
        if each.default is inspect.Parameter.empty
    }

    assert {"action", "target"} <= required


def test_an_asynchronous_change_is_recorded_like_any_other(client, upstream, recorder):
    upstream["POST /files"] = 201, {"id": "file-2"}

    answer = asyncio.run(client.achange("POST", "/files", action="file.created", target=TARGET, json={}))

    assert answer.status == 201
    assert recorder.names == ["intent", "outcome"]
    assert recorder.last["outcome"] == "success"


def test_a_cancelled_change_is_recorded_as_cancelled(client, upstream, recorder):
    upstream["POST /files"] = Script(200, [b"{}"], {}, delay=5)

    async def cancel_it():
        call = asyncio.ensure_future(
            client.achange("POST", "/files", action="file.created", target=TARGET, json={})
        )
        await asyncio.to_thread(wait_for_a_hit, upstream)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(cancel_it())

    assert recorder.names == ["intent", "outcome"]
    assert recorder.last["outcome"] == "cancelled"


@pytest.mark.parametrize("turns", range(12))
def test_a_change_cancelled_at_any_moment_leaves_as_many_outcomes_as_intents(
    client, upstream, recorder, turns
):
    upstream["POST /files"] = 200, {"id": "file-2"}

    async def cancel_it():
        call = asyncio.ensure_future(
            client.achange("POST", "/files", action="file.created", target=TARGET, json={})
        )
        for _ in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()

    asyncio.run(cancel_it())

    assert recorder.names.count("intent") == recorder.names.count("outcome")


def test_a_delete_of_what_is_gone_counts_as_done(client, upstream, recorder):
    upstream["DELETE /files/file-1"] = 404, {"error": {"message": "No such File object: file-1"}}

    assert client.delete("/files/file-1", action="file.deleted", target=TARGET) is False
    assert recorder.last["http_status"] == 404


def test_preview_headers_are_added_from_the_routes(client, upstream):
    upstream["GET /evals"] = 200, {"data": []}
    upstream["GET /files"] = 200, {"data": []}

    client.get("/evals")
    client.get("/files")

    assert upstream.requests[0].headers["aoai-evals"] == "preview"
    assert "aoai-evals" not in upstream.requests[1].headers


@pytest.mark.parametrize(("provider", "query"), [("azure", {"api-version": ["preview"]}), ("openai", {})])
def test_only_azure_is_asked_for_a_preview_version(client, upstream, provider, query):
    upstream["POST /images/generations"] = 200, {"data": []}
    client.provider = provider

    client.change("POST", "/images/generations", action="x", target=TARGET, json={})

    assert upstream.requests[0].query == query


def test_a_client_for_reading_needs_no_audit(client, upstream, door):
    upstream["GET /files/file-9"] = 404, {"error": {"message": "No such File object: file-9"}}
    reader = Client(client.endpoint, client.auth, NullRecorder(), door=door)

    with reader, pytest.raises(NotFound):
        reader.get("/files/file-9")
