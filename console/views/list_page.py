"""A list page of the index: shown at once, searched, narrowed, sorted and paged, and read again where it is old.

Its table is `templates/<noun>/_rows.html`, the rest is `templates/components/list_page.html` and what a page
that extends that fills in.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from console import access
from console.index import keeping
from console.models import Connection, Item
from console.views.fresh import fresh
from console.views.listing import Listing
from console.views.shared import asks_for, json_page, wants_json

R = TypeVar("R")


def list_page(
    request: HttpRequest,
    listing: Listing,
    template: str,
    *,
    rows: Callable[[Sequence[Item]], Sequence[R]],
    as_json: Callable[[R], dict[str, Any]],
) -> HttpResponse:
    """Answer the list as a page, as the part that htmx replaces, or as JSON.

    `rows` makes what `_rows.html` shows of the items of a page, in their order.
    """
    asked = listing.asked(request)
    connections = list(access.connections_for(request.user))
    state = fresh(connections, listing.kind, reverse(f"{listing.list_name}-refresh"))
    page = asked.page(request, access.items_for(request.user, listing.kind), total=state.total)
    found = rows(page.rows)
    if wants_json(request):
        told = {item.pk: row for item, row in zip(page.rows, found, strict=True)}
        return json_page(page, lambda item: as_json(told[item.pk]), syncs=state.as_json())
    part = asks_for(request, "table")
    context = {
        "listing": listing,
        "list_url": reverse(listing.list_name),
        "page": page,
        "rows": found,
        "asked": asked,
        "fresh": state,
        "connections": connections,
        "places": places(request.user),
        "menus": asked.menus(state.syncs, [one.connection for one in state.parts]),
        "part": part,
    }
    return render(request, "components/_list_table.html" if part else template, context)


def places(user: Any) -> list[Connection]:
    """The connections on which the user can make an object, by name."""
    found = access.connections_for(user, may="operate").order_by("name")
    return [one for one in found if keeping.may_have(one) and not one.is_paused]
