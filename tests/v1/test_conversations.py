from console.v1 import conversations
from console.v1.client import Target

CONVERSATION = {
    "id": "conv_1",
    "object": "conversation",
    "created_at": 1741369938,
    "metadata": {"topic": "demo"},
}
ITEM = {
    "id": "msg_1",
    "type": "message",
    "role": "user",
    "status": "completed",
    "content": [{"type": "input_text", "text": "Hello"}],
}
MESSAGE = {"type": "message", "role": "user", "content": "Hello"}


def test_a_conversation_is_read(client, upstream):
    upstream["GET /conversations/conv_1"] = 200, CONVERSATION

    found = conversations.get(client, "conv_1")

    assert (found.id, found.metadata) == ("conv_1", {"topic": "demo"})


def test_a_conversation_is_begun_with_items(client, upstream, recorder):
    upstream["POST /conversations"] = 200, CONVERSATION

    conversations.create(client, conversations.body(items=[MESSAGE], metadata={"topic": "demo"}))
    conversations.create(client, conversations.body())

    assert upstream.requests[0].json() == {"items": [MESSAGE], "metadata": {"topic": "demo"}}
    assert upstream.requests[1].json() == {}
    assert recorder.events[0][1]["action"] == "conversation.created"


def test_metadata_are_replaced(client, upstream, recorder):
    upstream["POST /conversations/conv_1"] = 200, CONVERSATION

    conversations.update(client, "conv_1", {"metadata": {"topic": "demo"}})

    assert upstream.requests[0].json() == {"metadata": {"topic": "demo"}}
    assert recorder.events[0][1]["action"] == "conversation.updated"


def test_a_conversation_is_deleted(client, upstream, recorder):
    upstream["DELETE /conversations/conv_1"] = 200, {"id": "conv_1", "deleted": True}

    assert conversations.delete(client, "conv_1") is True
    assert conversations.delete(client, "conv_2") is False
    assert recorder.events[0][1]["target"] == Target("conversation", "conv_1")


def test_the_items_come_page_by_page_with_what_is_included(client, upstream):
    upstream["GET /conversations/conv_1/items"] = 200, {"data": [ITEM], "has_more": False, "last_id": "msg_1"}

    (page,) = conversations.item_pages(
        client,
        "conv_1",
        order="asc",
        include=["reasoning.encrypted_content", "file_search_call.results"],
    )

    assert [each.text for each in page.rows] == ["Hello"]
    assert upstream.requests[0].query == {
        "order": ["asc"],
        "include": ["reasoning.encrypted_content,file_search_call.results"],
        "limit": ["100"],
    }


def test_one_item_is_read_added_and_deleted(client, upstream, recorder):
    upstream["GET /conversations/conv_1/items/msg_1"] = 200, ITEM
    upstream["POST /conversations/conv_1/items"] = 200, {"data": [ITEM, {}], "has_more": False}
    upstream["DELETE /conversations/conv_1/items/msg_1"] = 200, CONVERSATION

    assert conversations.get_item(client, "conv_1", "msg_1").role == "user"
    assert [each.id for each in conversations.add_items(client, "conv_1", [MESSAGE])] == ["msg_1"]
    assert conversations.delete_item(client, "conv_1", "msg_1") is True
    assert upstream.requests[0].query == {}
    assert upstream.requests[1].json() == {"items": [MESSAGE]}
    assert [facts["action"] for name, facts in recorder.events if name == "intent"] == [
        "conversation_item.created",
        "conversation_item.deleted",
    ]
