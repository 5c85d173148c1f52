"""What the pages of one object share: where they stand, the question before it ends, the form that changes it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import access
from console.forms.confirm import ConfirmForm
from console.forms.metadata import MetadataForm
from console.views.listing import Listing
from console.views.shared import wants_json


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
    return render(request, template, {**context, "form": form}, status=422 if is_sent else 200)


def editing(
    request: HttpRequest, template: str, context: Mapping[str, Any], form: MetadataForm
) -> HttpResponse | None:
    """The page of a form, None once what it says may be sent; who comes second gets both versions (409)."""
    status, differences = 200, None
    if form.is_bound:
        if not form.is_valid():
            status = 422
        elif form.is_stale:
            status, differences, form = 409, form.differences(), form.rebased()
        else:
            return None
    return render(request, template, {**context, "form": form, "differences": differences}, status=status)


def gone(request: HttpRequest, *, was_there: bool, said: str, to: str) -> HttpResponse:
    """Say that something was deleted, or had been before, and go on."""
    if wants_json(request):
        return JsonResponse({"deleted": was_there})
    if was_there:
        messages.success(request, said)
    else:
        messages.info(request, "It was gone already.")
    return redirect(to)
