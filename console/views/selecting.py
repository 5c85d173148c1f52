"""From boxes that were ticked in a list to a page that asks: the list is frozen, and the page has an address."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console import access
from console.models import Selection
from console.views.shared import BadQuery

MOST = 500
UNSAID = {"item", "csrfmiddlewaretoken"}


def is_asking(request: HttpRequest) -> bool:
    """Whether the address names a selection: then the page shows it, and a POST confirms it."""
    return "selection" in request.GET


def ticked(request: HttpRequest, *, noun: str) -> list[int]:
    """The keys that came with a form. Raises BadQuery for too many."""
    keys = [int(key) for key in request.POST.getlist("item") if key.isdecimal() and len(key) < 19]
    if len(keys) > MOST:
        raise BadQuery(f"At most {MOST} {noun} can be selected at once.")
    return keys


def frozen(
    request: HttpRequest, kind: str, *, list_name: str, noun: str, may: str = "operate"
) -> HttpResponse:
    """Keep what was ticked and lead to the page that asks; back to the list where there is nothing.

    The address also says what the list was asked, so that the page can lead back to it.
    """
    found = access.items_by_key(request.user, kind, ticked(request, noun=noun), may=may)
    if not found:
        return nothing_left(request, list_name=list_name, noun=noun)
    selection = kept(request, [item.pk for item in found])
    asked = {name: value for name, value in request.POST.items() if name not in UNSAID}
    return redirect(f"{request.path}?{urlencode({**asked, 'selection': selection.pk})}")


def kept(request: HttpRequest, keys: list[int]) -> Selection:
    mine: dict[str, Any] = {"owner": request.user, "page": page_of(request)}
    return Selection.objects.create(keys=keys, **mine)


def selection_of(request: HttpRequest) -> Selection:
    """The selection that the address names, of the one who asks alone."""
    return access.selection_for(request.user, request.GET["selection"], page=page_of(request))


def nothing_left(request: HttpRequest, *, list_name: str, noun: str) -> HttpResponse:
    if request.method == "POST" or is_asking(request):
        messages.warning(request, f"None of the {noun} that were selected is there any more.")
    return redirect(list_url(request, list_name))


def list_url(request: HttpRequest, list_name: str) -> str:
    """The list as it was when the boxes were ticked: with its search, filters, order and page."""
    asked = {name: value for name, value in request.GET.items() if name != "selection"}
    return f"{reverse(list_name)}?{urlencode(asked)}" if asked else reverse(list_name)


def page_of(request: HttpRequest) -> str:
    return str(request.resolver_match.url_name) if request.resolver_match else ""
