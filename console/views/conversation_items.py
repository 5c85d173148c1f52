"""Beginning a conversation, adding items to one, and taking them out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.conversations import ConversationForm, ItemsForm
from console.index.conversations import KIND
from console.models import Connection, Item, Job
from console.responses import work
from console.responses.work import NewConversation
from console.v1 import conversations
from console.views import code_calls, new_page, object_page
from console.views.conversations import Row, as_json, framed

MESSAGE = {"type": "message", "role": "user", "content": "…"}
EXAMPLE = NewConversation("", [MESSAGE], {"title": "…"})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a conversation; the same form sent again leads to the same one."""
    connection = access.connection_for(request.user, slug, may="operate")
    form = ConversationForm(request.POST if request.method == "POST" else None)

    def made(job: Job) -> HttpResponse:
        item = access.item_for(request.user, slug, KIND, job.outcome["conversation"], may="operate")
        return new_page.arrived(request, item, as_json(Row(item)), "Began the conversation.")

    return new_page.making(
        request,
        "conversations/new.html",
        {"connection": connection, "samples": beginning(connection, EXAMPLE)},
        form,
        code=lambda: beginning(connection, form.asked()),
        make=lambda: work.begin(connection, request.user, form.asked()),
        made=made,
    )


def beginning(connection: Connection, asked: NewConversation) -> Any:
    return code_calls.calling(connection, "conversations.create", "POST", "/conversations", body=asked.body())


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str, conversation_id: str) -> HttpResponse:
    """Append items, once for each form."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="operate")
    form = ItemsForm(request.POST if request.method == "POST" else None)
    return new_page.making(
        request,
        "conversations/add.html",
        {**framed(request, item), "here": "Add items", "samples": adding(item, [MESSAGE])},
        form,
        code=lambda: adding(item, form.cleaned_data["wanted"]),
        make=lambda: work.add(
            item.connection,
            request.user,
            conversation_id,
            key=form.cleaned_data["key"],
            items=form.cleaned_data["wanted"],
        ),
        made=lambda _job: new_page.arrived(request, item, as_json(Row(item)), "Added to the conversation."),
    )


def adding(item: Item, items: list[dict[str, Any]]) -> Any:
    return code_calls.calling(
        item.connection,
        "conversations.items.create",
        "POST",
        code_calls.path("conversations", item.remote_id, "items"),
        ids=[item.remote_id],
        body={"items": items},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, conversation_id: str, item_id: str) -> HttpResponse:
    """Ask, then take an item out of a conversation."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="operate")
    samples = code_calls.calling(
        item.connection,
        "conversations.items.delete",
        "DELETE",
        code_calls.path("conversations", conversation_id, "items", item_id),
        ids=[item_id],
        named={"conversation_id": conversation_id},
    )
    context = {**framed(request, item), "here": "Take out", "item_id": item_id, "samples": samples}
    if page := object_page.question(request, "conversations/take_out.html", context):
        return page
    with item.connection.client(request.user) as client:
        was_there = conversations.delete_item(client, conversation_id, item_id)
    messages.success(request, "Taken out." if was_there else "It was out already.")
    return redirect("conversation", slug, conversation_id)
