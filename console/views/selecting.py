"""From boxes that were ticked in a list to a page that asks: the list is frozen, and the page has an address."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console import access
from console.models import Selection
from console.views.shared import BadQuery

MOST = 500


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
    """Keep what was ticked and lead to the page that asks; back to the list where there is nothing."""
    found = access.items_by_key(request.user, kind, ticked(request, noun=noun), may=may)
    if not found:
        return nothing_left(request, list_name=list_name, noun=noun)
    return redirect(f"{request.path}?selection={kept(request, [item.pk for item in found]).pk}")


def kept(request: HttpRequest, keys: list[int]) -> Selection:
    mine: dict[str, Any] = {"owner": request.user, "page": page_of(request)}
    return Selection.objects.create(keys=keys, **mine)


def selection_of(request: HttpRequest) -> Selection:
    """The selection that the address names, of the one who asks alone."""
    return access.selection_for(request.user, request.GET["selection"], page=page_of(request))


def nothing_left(request: HttpRequest, *, list_name: str, noun: str) -> HttpResponse:
    if request.method == "POST" or is_asking(request):
        messages.warning(request, f"None of the {noun} that were selected is there any more.")
    return redirect(list_name)


def page_of(request: HttpRequest) -> str:
    return str(request.resolver_match.url_name) if request.resolver_match else ""
