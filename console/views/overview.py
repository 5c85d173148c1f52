"""The first page: what needs somebody today, how the connections are, and what happened lately."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console import access
from console.models import Connection, Item, Sync
from console.views import retirement, under_way
from console.views.models import playground_url
from console.views.shared import wants_json

SHOWN_CONNECTIONS = 12
SHOWN_RETIRING = 6
SHOWN_COMPARISONS = 5


@dataclass(frozen=True)
class Card:
    """One connection; a count is None until its listing was read once."""

    connection: Connection
    models: int | None
    deployments: int | None

    def as_json(self) -> dict[str, Any]:
        return {
            "slug": self.connection.slug,
            "state": self.connection.state,
            "error_kind": self.connection.error_kind,
            "models": self.models,
            "deployments": self.deployments,
        }


@dataclass(frozen=True)
class Retiring:
    """A deployment that retires soon."""

    item: Item
    until: retirement.Retirement

    @property
    def url(self) -> str:
        return reverse("deployment", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def playground_url(self) -> str:
        return playground_url(self.item, self.item.remote_id)

    @property
    def upgrades(self) -> bool:
        return "upgrade:NoAutoUpgrade" not in self.item.label_set

    def as_json(self) -> dict[str, Any]:
        return {"name": self.item.name, "connection": self.item.connection.slug, **self.until.as_json()}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The overview; without a connection it says how to get one."""
    connections = list(access.connections_for(request.user))
    if wants_json(request):
        return JsonResponse(as_json(request, connections))
    if not connections:
        return render(request, "overview/first_run.html", {"simulator": settings.SIMULATOR_URL})
    deployments = (
        access.items_for(request.user, "deployment").present().filter(retirement.within(retirement.SOON))
    )
    context = {
        "cards": cards(connections)[:SHOWN_CONNECTIONS],
        "count": len(connections),
        "failing": [one for one in connections if one.state == "failed"],
        "retiring": soonest(request),
        "retiring_count": deployments.count(),
        "running": under_way.running(request.user),
        "failed": under_way.failed(request.user),
        "comparisons": access.comparisons_for(request.user)[:SHOWN_COMPARISONS],
        "activity": access.activity_for(request.user),
    }
    return render(request, "overview/index.html", context)


def as_json(request: HttpRequest, connections: list[Connection]) -> dict[str, Any]:
    return {
        "connections": [card.as_json() for card in cards(connections)],
        "retiring": [one.as_json() for one in soonest(request)],
        "running": [one.as_json() for one in under_way.running(request.user)],
        "failed": [one.as_json() for one in under_way.failed(request.user)],
    }


def cards(connections: list[Connection]) -> list[Card]:
    """Connections with their counts, those that fail first."""
    syncs = Sync.objects.filter(connection__in=connections, listed_at__isnull=False)
    totals = {(sync.connection_id, sync.kind): sync.total for sync in syncs}
    ordered = sorted(connections, key=lambda one: (one.state != "failed", one.name.lower()))
    return [Card(one, totals.get((one.pk, "model")), totals.get((one.pk, "deployment"))) for one in ordered]


def soonest(request: HttpRequest) -> list[Retiring]:
    items = access.items_for(request.user, "deployment").present().filter(retirement.within(retirement.SOON))
    ordered = items.order_by("retires_on", "name").defer("raw")[:SHOWN_RETIRING]
    return [Retiring(item, until) for item in ordered if (until := retirement.retirement(item))]
