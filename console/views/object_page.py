"""What the pages of one object share: where they stand, the question before it ends, the form that changes it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from console import access
from console.forms.confirm import ConfirmForm
from console.forms.metadata import MetadataForm
from console.outbound.errors import UpstreamError
from console.views import code_calls, code_follows
from console.views.code import Sample
from console.views.listing import Listing
from console.views.shared import form_page, wants_json

T = TypeVar("T")
F = TypeVar("F", bound=MetadataForm)


def framed(request: HttpRequest, row: Any, listing: Listing) -> dict[str, Any]:
    """What the head of every page of an object needs; `row` is the object as its pages show it."""
    return {
        "item": row.item,
        "row": row,
        "noun": listing.one,
        "list_url": reverse(listing.list_name),
        "list_title": listing.noun.capitalize(),
        "may": access.verbs(request.user, row.item.connection.workspace_id),
    }


def question(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, typed: str = ""
) -> HttpResponse | None:
    """The page that asks before something ends, None once the answer is yes: with the name `typed`, if any."""
    is_sent = request.method == "POST"
    form = ConfirmForm(request.POST if is_sent else None, expected=typed) if typed else None
    if is_sent and (form is None or form.is_valid()):
        return None
    return form_page(request, template, {**context, "form": form}, form)


def changing(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    stored: T,
    form: Callable[[QueryDict | None, T], F],
    read: Callable[[], T],
    change: Callable[[dict[str, Any]], object],
    sdk: str,
) -> HttpResponse | None:
    """The page of a form that changes an object, None once it has; who comes second gets both versions (409).

    `form` makes it of what was sent, if anything, and of the object: as `stored` in the index, and as `read` again
    before it is changed. `change` is given the body to send, which the code beside the form has too; `sdk` is what
    the SDK calls it. A resource that refuses or fails leaves what was filled in.
    """

    def code(filled: F) -> list[Sample]:
        return code_calls.about(context["item"], sdk, body=filled.body())

    context = {**context, "samples": code(form(None, stored).unchanged())}
    if request.method != "POST":
        return render(request, template, {**context, "form": form(None, stored)})
    filled, status = form(request.POST, stored), 0
    if code_follows.is_asked(request):
        return code_follows.answered(request, code(filled) if filled.is_valid() else None)
    more: dict[str, Any] = {}
    try:
        filled = form(request.POST, read())
        if filled.is_valid() and not filled.is_stale:
            change(filled.body())
            return None
        if filled.is_valid():
            status, more = 409, {"differences": filled.differences()}
            filled = filled.rebased()
    except UpstreamError as error:
        if wants_json(request):
            raise
        status, more = error.page_status, {"error": error}
    return form_page(request, template, {**context, "form": filled, **more}, filled, status=status)


def gone(request: HttpRequest, *, was_there: bool, said: str, to: str) -> HttpResponse:
    """Say that something was deleted, or had been before, and go on."""
    if wants_json(request):
        return JsonResponse({"deleted": was_there})
    if was_there:
        messages.success(request, said)
    else:
        messages.info(request, "It was gone already.")
    return redirect(to)
