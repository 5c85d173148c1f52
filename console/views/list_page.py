"""A list page of the index: shown at once, searched, narrowed, sorted and paged, and read again where it is old.

Its table is `templates/<noun>/_rows.html`, the rest is `templates/components/list_page.html` and what a page
that extends that fills in.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from console import access
from console.index import KINDS
from console.models import Connection, Item
from console.models.connection import reachable_first
from console.models.item import ItemQuerySet
from console.views.fresh import Fresh, fresh
from console.views.listing import Listing, Tally
from console.views.shared import asks_for, json_page, wants_json

R = TypeVar("R")


def list_page(
    request: HttpRequest,
    listing: Listing,
    template: str,
    *,
    rows: Callable[[Sequence[Item]], Sequence[R]],
    as_json: Callable[[R], dict[str, Any]],
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer the list as a page, as the part that htmx replaces, or as JSON.

    `rows` makes what `_rows.html` shows of the items of a page, in their order; `more` is for the template.
    """
    asked = listing.asked(request)
    connections = list(access.connections_for(request.user))
    items = access.items_for(request.user, listing.kind)
    state = fresh(connections, listing.kind, refresh_url(listing))
    page = asked.page(request, items, total=state.total)
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
        "unread": state.unread(asked.chosen.get("connection", "")),
        "connections": connections,
        "places": [one for one in places(request.user, listing.kind) if one not in state.without],
        "menus": asked.menus(*around(state, items, connections)),
        "part": part,
        **(more or {}),
    }
    return render(request, "components/_list_table.html" if part else template, context)


def refresh_url(listing: Listing) -> str:
    """Where a list is read again; nowhere if the API has none of this kind."""
    return reverse(f"{listing.list_name}-refresh") if KINDS[listing.kind].is_listed else ""


def around(
    state: Fresh, items: ItemQuerySet, connections: Sequence[Connection]
) -> tuple[Sequence[Tally], Sequence[Connection]]:
    """What the facets take their values from: what was counted, and the connections that have the kind."""
    if state.is_listed:
        return state.tallies, [one.connection for one in state.parts]
    return [items.counts()], [one for one in connections if KINDS[state.kind].applies(one)]


def places(user: Any, kind: str) -> list[Connection]:
    """The connections on which the user can make an object of a kind: by name, failing ones last."""
    found = reachable_first(access.connections_for(user, may="operate").order_by("name"))
    return [one for one in found if KINDS[kind].applies(one) and not one.is_paused]
