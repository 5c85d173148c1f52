"""Deployments of all connections: the names that calls use, and what stands behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.arm.deployments import Deployment, parse_deployment
from console.index.deployments import has_deployments
from console.models import Item
from console.models.item import REMEMBERED
from console.v1 import parse
from console.views import code, retirement
from console.views.fresh import refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import Column, Listing, by_condition, by_connection, by_family, by_label, by_status
from console.views.models import playground_url
from console.views.shared import asks_for, wants_json

KIND = "deployment"
UPGRADES = {
    "OnceNewDefaultVersionAvailable": "When a new default is there",
    "OnceCurrentVersionExpired": "When the version retires",
    "NoAutoUpgrade": "Never by itself",
}
LIST = Listing(
    kind=KIND,
    noun="deployments",
    list_name="deployments",
    one="deployment",
    rows="deployments/_rows.html",
    above="deployments/_notes.html",
    icon="server",
    empty=(
        "None of the connections listed one. A deployment whose name you type in the playground appears here as "
        "soon as it has answered."
    ),
    search="Filter by name",
    columns=(
        Column("Deployment", sort="name"),
        Column("Model", "p2"),
        Column("SKU", "p3"),
        Column("Capacity", "r p3", sort="capacity"),
        Column("State", sort="state"),
        Column("Retires", sort="retires"),
        Column("Upgrades", "p3"),
        Column("Content filter", "p3"),
        Column("Actions", "fit p2", is_hidden=True),
    ),
    sorts={
        "name": "name",
        "capacity": "size",
        "state": "status",
        "retires": "retires_on",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    facets=(
        by_label("model", "Model"),
        by_family(),
        by_label("sku", "SKU"),
        by_label("upgrade", "Upgrades", UPGRADES),
        by_label("policy", "Content filter"),
        by_status("state", "State", {}),
        by_connection(),
        by_condition("retires", "Retires", retirement.CONDITIONS),
    ),
)


@dataclass(frozen=True)
class Row:
    """A deployment as the table shows it; what its source does not tell is empty."""

    item: Item

    @cached_property
    def managed(self) -> Deployment:
        return parse_deployment(self.item.raw)

    @cached_property
    def url(self) -> str:
        return reverse("deployment", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def model(self) -> str:
        return self.managed.model_name or parse.text(self.item.raw.get("model"))

    @property
    def version(self) -> str:
        return self.managed.model_version

    @property
    def sku(self) -> str:
        return self.managed.sku

    @property
    def is_typed(self) -> bool:
        return REMEMBERED in self.item.label_set

    @property
    def upgrade(self) -> str:
        """What happens when a newer version is there; empty where nobody says."""
        told = self.item.values("upgrade")
        return UPGRADES.get(told[0], told[0]) if told else ""

    @property
    def policy(self) -> str:
        return self.managed.rai_policy

    @cached_property
    def retirement(self) -> retirement.Retirement | None:
        return retirement.retirement(self.item)

    @property
    def playground_url(self) -> str:
        return playground_url(self.item, self.item.remote_id)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    more = notes(request)
    return list_page(request, LIST, "deployments/index.html", rows=rows, as_json=as_json, more=more)


def notes(request: HttpRequest) -> dict[str, Any]:
    """What stands above the list: which connections need no deployments, and how many deployments retire soon."""
    soon = access.items_for(request.user, KIND).present().filter(retirement.within(retirement.SOON))
    retiring = soon.count()
    return {
        "direct": [one for one in access.connections_for(request.user) if not has_deployments(one)],
        "retiring": retiring,
        "show_retiring": retiring and not LIST.asked(request).is_narrowed,
    }


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    """Read the models first: where only the old list is offered, they tell when deployments retire."""
    return refreshed(request, "deployments", KIND, "model")


@require_safe
def show(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    item = access.item_for(request.user, slug, KIND, name, may="read")
    row = Row(item)
    if wants_json(request):
        return JsonResponse({**as_json(row), "raw": item.raw})
    context = {"row": row, "item": item, "model": model_of(request, item)}
    if asks_for(request, "drawer"):
        return render(request, "deployments/_drawer.html", context)
    samples = code.asking(item.connection, name)
    return render(request, "deployments/show.html", {**context, "samples": samples, "changes": changes(item)})


def model_of(request: HttpRequest, item: Item) -> Item | None:
    """The model of a deployment, if the index has it."""
    ids = item.refs.filter(kind="model").values("remote_id")
    models = access.items_for(request.user, "model").filter(connection=item.connection_id, remote_id__in=ids)
    return models.order_by("-remote_id").defer("raw").first()


def as_json(row: Row) -> dict[str, Any]:
    item, until = row.item, row.retirement
    return {
        "name": item.remote_id,
        "connection": item.connection.slug,
        "model": row.model,
        "version": row.version,
        "sku": row.sku,
        "capacity": item.size,
        "state": item.status,
        "upgrade": item.values("upgrade")[0] if item.values("upgrade") else "",
        "policy": row.policy,
        "retires": until.as_json() if until else None,
        "tokens_per_minute": row.managed.tokens_per_minute,
        "requests_per_minute": row.managed.requests_per_minute,
        "is_typed": row.is_typed,
        "created_at": item.remote_created_at,
        "first_seen_at": item.first_seen_at,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
