from console.v1 import stored_completions
from console.v1.client import Target
from console.v1.events import Usage

COMPLETION = {
    "object": "chat.completion",
    "id": "chatcmpl-1",
    "model": "gpt-4.1-mini-2025-04-14",
    "created": 1741369938.0,
    "request_id": "req_1",
    "usage": {"total_tokens": 31, "completion_tokens": 18, "prompt_tokens": 13},
    "seed": 4944116822809979520,
    "top_p": 1.0,
    "temperature": 0.5,
    "metadata": {"team": "support"},
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello there."},
            "finish_reason": "stop",
        }
    ],
}


def test_a_stored_completion_is_read(client, upstream):
    upstream["GET /chat/completions/chatcmpl-1"] = 200, COMPLETION

    found = stored_completions.get(client, "chatcmpl-1")

    assert (found.text, found.finish_reason) == ("Hello there.", "stop")
    assert found.usage == Usage(input=13, output=18)
    assert (found.request_id, found.seed, found.temperature) == ("req_1", 4944116822809979520, 0.5)
    assert found.metadata == {"team": "support"}


def test_an_answer_without_choices_has_no_text():
    found = stored_completions.parse_completion({"id": "chatcmpl-1", "choices": None})

    assert (found.text, found.finish_reason, found.usage) == ("", "", None)


def test_the_list_is_filtered_by_model_and_metadata(client, upstream):
    upstream["GET /chat/completions"] = 200, {"data": [COMPLETION], "has_more": False, "total": 1}

    (page,) = stored_completions.pages(
        client, model="gpt-4.1-mini", metadata={"team": "support", "a b": "c&d"}, order="desc"
    )

    assert ([each.id for each in page.rows], page.total) == (["chatcmpl-1"], 1)
    assert upstream.requests[0].query == {
        "model": ["gpt-4.1-mini"],
        "order": ["desc"],
        "limit": ["100"],
        "metadata[team]": ["support"],
        "metadata[a b]": ["c&d"],
    }


def test_the_messages_that_were_answered_are_read(client, upstream):
    rows = [
        {"id": "chatcmpl-1-0", "role": "system", "content": "Be brief.", "content_parts": None},
        {"id": "chatcmpl-1-1", "role": "user", "content": None, "content_parts": [{"text": "Hi"}]},
    ]
    upstream["GET /chat/completions/chatcmpl-1/messages"] = 200, {"data": rows, "has_more": False}

    (page,) = stored_completions.message_pages(client, "chatcmpl-1", order="asc")

    assert [(each.role, each.text) for each in page.rows] == [("system", "Be brief."), ("user", "Hi")]


def test_metadata_are_replaced(client, upstream, recorder):
    upstream["POST /chat/completions/chatcmpl-1"] = 200, COMPLETION

    stored_completions.update(client, "chatcmpl-1", {"metadata": {"team": "support"}})

    assert upstream.requests[0].json() == {"metadata": {"team": "support"}}
    assert recorder.events[0][1]["action"] == "stored_completion.updated"


def test_a_stored_completion_is_deleted(client, upstream, recorder):
    upstream["DELETE /chat/completions/chatcmpl-1"] = 200, {"id": "chatcmpl-1", "deleted": True}

    assert stored_completions.delete(client, "chatcmpl-1") is True
    assert stored_completions.delete(client, "chatcmpl-2") is False
    assert recorder.events[0][1]["target"] == Target("stored_completion", "chatcmpl-1")
