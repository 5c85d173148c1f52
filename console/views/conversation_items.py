"""Beginning a conversation, adding items to one, and taking them out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.conversations import ConversationForm, ItemsForm
from console.index.conversations import KIND
from console.models import Connection, Item, Job
from console.outbound.errors import NotFound
from console.responses import work
from console.responses.work import NewConversation
from console.v1 import conversations
from console.views import code_calls, code_follows, object_page
from console.views.activity import accepted
from console.views.conversations import Row, as_json, framed
from console.views.shared import failure_of, form_page, wants_json

MESSAGE = {"type": "message", "role": "user", "content": "…"}
EXAMPLE = NewConversation("", [MESSAGE], {"title": "…"})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a conversation; the same form sent again leads to the same one."""
    connection = access.connection_for(request.user, slug, may="operate")
    form = ConversationForm(request.POST if request.method == "POST" else None)
    if code_follows.is_asked(request):
        told = beginning(connection, form.asked()) if form.is_valid() else None
        return code_follows.answered(request, told)
    if not form.is_bound or not form.is_valid():
        return new_page(request, connection, form)
    job = work.begin(connection, request.user, form.asked())
    if error := failure_of(request, job):
        return new_page(request, connection, form.renewed(), status=error.page_status, error=error)
    if job.is_open:
        return accepted(request, job)
    made = job.outcome["conversation"]
    if wants_json(request):
        item = access.item_for(request.user, slug, KIND, made, may="operate")
        return JsonResponse(as_json(Row(item)), status=201)
    messages.success(request, "Began the conversation.")
    return redirect("conversation", slug, made)


def new_page(
    request: HttpRequest, connection: Connection, form: Any, *, status: int = 0, error: Any = None
) -> HttpResponse:
    """A resource that does not serve conversations says so in place; it is no fault of the form."""
    context = {
        "connection": connection,
        "form": form,
        "error": error,
        "is_not_offered": isinstance(error, NotFound),
        "samples": beginning(connection, EXAMPLE),
    }
    return form_page(request, "conversations/new.html", context, form, status=status)


def beginning(connection: Connection, asked: NewConversation) -> Any:
    return code_calls.calling(connection, "conversations.create", "POST", "/conversations", body=asked.body())


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str, conversation_id: str) -> HttpResponse:
    """Append items, once for each form."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="operate")
    form = ItemsForm(request.POST if request.method == "POST" else None)
    if code_follows.is_asked(request):
        told = adding(item, form.cleaned_data["wanted"]) if form.is_valid() else None
        return code_follows.answered(request, told)
    if not form.is_bound or not form.is_valid():
        return add_page(request, item, form)
    job = work.add(
        item.connection,
        request.user,
        conversation_id,
        key=form.cleaned_data["key"],
        items=form.cleaned_data["wanted"],
    )
    return added(request, item, form, job)


def added(request: HttpRequest, item: Item, form: ItemsForm, job: Job) -> HttpResponse:
    if error := failure_of(request, job):
        return add_page(request, item, form.renewed(), status=error.page_status, error=error)
    if job.is_open:
        return accepted(request, job)
    if wants_json(request):
        return JsonResponse(as_json(Row(item)), status=201)
    messages.success(request, "Added to the conversation.")
    return redirect("conversation", item.connection.slug, item.remote_id)


def add_page(
    request: HttpRequest, item: Item, form: Any, *, status: int = 0, error: Any = None
) -> HttpResponse:
    context = {
        **framed(request, item),
        "here": "Add items",
        "form": form,
        "error": error,
        "samples": adding(item, [MESSAGE]),
    }
    return form_page(request, "conversations/add.html", context, form, status=status)


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
