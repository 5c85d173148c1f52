"""Models of all connections: what they can do, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.index.deployments import has_deployments
from console.models import Item
from console.models.item import used_by
from console.v1.families import plain_name
from console.views import code, retirement
from console.views.fresh import refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import Column, Listing, by_condition, by_connection, by_family, by_label, by_status
from console.views.shared import asks_for, wants_json

KIND = "model"
LIFECYCLES = {
    "ga": "GA",
    "preview": "Preview",
    "stable": "Stable",
    "deprecating": "Deprecating",
    "deprecated": "Deprecated",
    "legacy": "Legacy",
}
DEPLOYED = {
    "yes": ("Deployed here", lambda: Q(used_by("deployment"))),
    "no": ("Not deployed", lambda: ~Q(used_by("deployment"))),
}
LIST = Listing(
    kind=KIND,
    noun="models",
    list_name="models",
    one="model",
    rows="models/_rows.html",
    icon="cube",
    empty="None of the connections listed a model. What went wrong stands above.",
    search="Filter by name or version",
    columns=(
        Column("Model", sort="name"),
        Column("Capabilities", "p3"),
        Column("Lifecycle", sort="lifecycle"),
        Column("Retires", sort="retires"),
        Column("Connection", "p2", sort="connection"),
        Column("Deployed as", "p2"),
        Column("Actions", "fit p2", is_hidden=True),
    ),
    sorts={
        "name": "name",
        "lifecycle": "status",
        "retires": "retires_on",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    facets=(
        by_label("capability", "Capability"),
        by_status("lifecycle", "Lifecycle", LIFECYCLES),
        by_family(),
        by_connection(),
        by_condition("deployed", "Deployment", DEPLOYED),
        by_condition("retires", "Retires", retirement.CONDITIONS),
    ),
)


@dataclass(frozen=True)
class Row:
    """A model as the table and its drawer show it; `deployments` are those of its own connection."""

    item: Item
    deployments: list[Item] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def version(self) -> str:
        return self.names[1]

    @cached_property
    def names(self) -> tuple[str, str]:
        """The name without its version, and that."""
        return plain_name(self.item.remote_id)

    @cached_property
    def url(self) -> str:
        return reverse("model", args=[self.item.connection.slug, self.item.remote_id])

    @cached_property
    def capabilities(self) -> list[str]:
        return self.item.values("capability")

    @property
    def is_tuned(self) -> bool:
        """Whether somebody made it by fine-tuning, so that it can be deleted."""
        return not self.item.gone_at and "fine-tuned" in self.item.values("origin")

    @property
    def first(self) -> list[str]:
        """The capabilities that the table has room for."""
        return self.capabilities[:3]

    @property
    def more(self) -> list[str]:
        return self.capabilities[3:]

    @property
    def others(self) -> int:
        """Deployments besides the first."""
        return max(len(self.deployments) - 1, 0)

    @property
    def subtitle(self) -> str:
        return self.version or self.item.family

    @property
    def slug(self) -> str:
        return self.item.connection.slug

    @property
    def place(self) -> str:
        return self.item.connection.name

    @property
    def state(self) -> str:
        """What the badge tells: where it is in its life, or that it is gone."""
        return "gone" if self.item.gone_at else self.item.status

    @property
    def is_fine_tuned(self) -> bool:
        return "origin:fine-tuned" in self.item.label_set

    @property
    def maker(self) -> str:
        return " ".join(self.item.values("maker")).replace("_", " ")

    @property
    def lifecycle(self) -> str:
        if self.item.gone_at:
            return "Gone"
        return LIFECYCLES.get(self.item.status, self.item.status)

    @cached_property
    def retirement(self) -> retirement.Retirement | None:
        return retirement.retirement(self.item)

    @cached_property
    def callable_as(self) -> str:
        """What a call names to reach the model; empty while it is not deployed."""
        if not has_deployments(self.item.connection):
            return self.item.remote_id
        return self.deployments[0].remote_id if self.deployments else ""

    @cached_property
    def playground_url(self) -> str:
        return playground_url(self.item, self.callable_as) if self.callable_as else ""


def playground_url(item: Item, model: str) -> str:
    query = urlencode({"connection": item.connection.slug, "model": model})
    return f"{reverse('playground')}?{query}"


def rows(items: Iterable[Item]) -> list[Row]:
    found = list(items)
    uses = Item.objects.uses_of(found, "deployment")
    return [Row(item, uses.get((item.connection_id, item.remote_id), [])) for item in found]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "models/index.html", rows=rows, as_json=as_json)


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    """Read the models again, and the deployments, which say what is deployed."""
    return refreshed(request, "models", KIND, "deployment")


@require_safe
def show(request: HttpRequest, slug: str, model_id: str) -> HttpResponse:
    item = access.item_for(request.user, slug, KIND, model_id, may="read")
    row = rows([item])[0]
    if wants_json(request):
        return JsonResponse({**as_json(row), "raw": item.raw})
    samples = (
        code.asking(item.connection, row.callable_as)
        if row.callable_as
        else code.reading_a_model(item.connection, model_id)
    )
    context = {"row": row, "item": item, "samples": samples}
    if asks_for(request, "drawer"):
        return render(request, "models/_drawer.html", context)
    return render(request, "models/show.html", {**context, "changes": changes(item)})


def as_json(row: Row) -> dict[str, Any]:
    item, until = row.item, row.retirement
    return {
        "id": item.remote_id,
        "name": row.name,
        "version": row.version,
        "connection": item.connection.slug,
        "family": item.family,
        "lifecycle": item.status,
        "capabilities": row.capabilities,
        "retires": until.as_json() if until else None,
        "deployments": [one.remote_id for one in row.deployments],
        "created_at": item.remote_created_at,
        "first_seen_at": item.first_seen_at,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
