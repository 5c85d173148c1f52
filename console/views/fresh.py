"""How fresh a list is: the line above it that has outdated parts read again and says how that went.

The part reads connection after connection within its own request, so that it works without a worker, and
answers after about a second; it asks again for what is left, and once a second while something is being read
elsewhere. At the end 286 stops the polling.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import access, index
from console.index.refresh import Freshness
from console.models import Connection, Sync
from console.models.sync import FRESH
from console.views.shared import wants_json

STOP_POLLING = 286
AT_ONCE = timedelta(seconds=5)  # between two reads that people ask for


@dataclass(frozen=True)
class Fresh:
    """What the line shows: `parts` are the connections that list the kind."""

    kind: str
    url: str
    parts: Sequence[Freshness]

    @property
    def is_listed(self) -> bool:
        """Whether the API has a list of the kind at all."""
        return index.KINDS[self.kind].is_listed

    @property
    def is_reading(self) -> bool:
        return any(one.is_running for one in self.parts)

    @property
    def is_outdated(self) -> bool:
        return any(one.is_outdated for one in self.parts)

    @property
    def is_unsettled(self) -> bool:
        """Whether the part has to ask again."""
        return self.is_outdated or self.is_reading

    @property
    def is_empty(self) -> bool:
        """Whether no listing was ever read to its end."""
        return not any(one.sync and one.sync.listed_at for one in self.parts)

    @property
    def oldest(self) -> datetime | None:
        moments = [one.sync.listed_at for one in self.parts if one.sync and one.sync.listed_at]
        return min(moments, default=None)

    @property
    def troubled(self) -> list[Freshness]:
        """Whose last reading failed; a paused connection is not asked, so that its failure is no news."""
        return [one for one in self.parts if one.is_failed and not one.connection.is_paused]

    @property
    def paused(self) -> list[Freshness]:
        return [one for one in self.parts if one.connection.is_paused]

    @property
    def unoffered(self) -> list[Freshness]:
        return [one for one in self.parts if one.sync and one.sync.state == Sync.State.NOT_OFFERED]

    @property
    def without(self) -> list[Connection]:
        """The connections whose resource does not offer the kind."""
        return [one.connection for one in self.unoffered]

    def unread(self, slug: str) -> Freshness | None:
        """A connection that has no list, or whose list could never be read; None for any other."""
        never = [one for one in self.parts if one.is_failed and one.sync and not one.sync.listed_at]
        return next((one for one in (*never, *self.unoffered) if one.connection.slug == slug), None)

    @property
    def count(self) -> int:
        """Objects read so far by the listings that are under way."""
        return sum(one.sync.count for one in self.parts if one.sync and one.is_running)

    @property
    def total(self) -> int | None:
        """How many objects the last listings found; None while one of them is missing or was broken off."""
        is_known = self.is_listed and all(
            one.sync and one.sync.state == Sync.State.DONE for one in self.parts
        )
        return sum(sync.total for sync in self.syncs) if is_known else None

    @property
    def syncs(self) -> list[Sync]:
        return [one.sync for one in self.parts if one.sync]

    @property
    def tallies(self) -> list[dict[str, Any]]:
        """What the last listings counted by facet and value."""
        return [sync.facets for sync in self.syncs]

    def as_json(self) -> list[dict[str, Any]]:
        return [part_as_json(one) for one in self.parts]


def part_as_json(one: Freshness) -> dict[str, Any]:
    sync = one.sync
    return {
        "connection": one.connection.slug,
        "state": sync.state if sync else Sync.State.IDLE,
        "as_of": sync.listed_at if sync else None,
        "read": sync.count if sync else 0,
        "total": sync.total if sync else 0,
        "source": sync.source if sync else "",
        "error_kind": sync.error_kind if sync else "",
        "error_message": sync.error_message if sync else "",
    }


def fresh(connections: Sequence[Connection], kind: str, url: str) -> Fresh:
    return Fresh(kind, url, index.freshness(connections, kind))


def refreshed(request: HttpRequest, list_name: str, *kinds: str) -> HttpResponse:
    """Read what is outdated of `kinds`, the first of which the list shows; a POST asks for it at once."""
    connections = list(access.connections_for(request.user))
    age = AT_ONCE if request.method == "POST" else FRESH
    count = sum(index.outdated(connections, kind, age=age) for kind in kinds)
    now = fresh(connections, kinds[0], reverse(f"{list_name}-refresh"))
    if wants_json(request):
        return JsonResponse({"read": count, "syncs": now.as_json()})
    if not getattr(request, "htmx", False):
        return redirect(f"{reverse(list_name)}?{request.GET.urlencode()}".rstrip("?"))
    status = 200 if now.is_unsettled else STOP_POLLING
    response = render(request, "components/_freshness.html", {"fresh": now}, status=status)
    if count or not now.is_unsettled:
        response.headers["HX-Trigger"] = "index-refreshed"
    return response
