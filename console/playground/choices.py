"""Whom a pane can ask: deployments of every connection, then catalogue models, which answer only where one
is deployed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from console.models import Comparison, Connection, Item, User
from console.models.item import ItemQuerySet
from console.v1.families import family

SHOWN = 40  # of each kind and connection
PREFERRED = ("gpt-5", "grok", "deepseek", "llama", "mistral")


@dataclass
class Choices:
    """What one connection offers; `typed` is a name as the user wrote it, "" when it is listed anyway.

    `lists_deployments`: whether it tells which there are, so that a model that is none can be marked.
    """

    connection: Connection
    lists_deployments: bool
    deployments: list[Item] = field(default_factory=list)
    models: list[Item] = field(default_factory=list)
    typed: str = ""


def choices(
    connections: Iterable[Connection], deployments: ItemQuerySet, models: ItemQuerySet, *, search: str = ""
) -> list[Choices]:
    """Return what can be picked, connection by connection, those with a deployment that matches first.

    The items are those that the user may see.
    """
    listing = set(deployments.present().values_list("connection_id", flat=True).distinct())
    offers = {one.pk: Choices(one, one.pk in listing) for one in connections}
    for item in deployments.present().search(search).filter(connection__in=offers).order_by("name"):
        add(offers[item.connection_id].deployments, item)
    for item in models.present().search(search).filter(connection__in=offers).order_by("name"):
        deployed = {one.remote_id for one in offers[item.connection_id].deployments}
        if item.remote_id not in deployed:
            add(offers[item.connection_id].models, item)
    for offer in offers.values():
        listed = {item.remote_id for item in (*offer.deployments, *offer.models)}
        offer.typed = "" if search in listed else search
    return sorted(offers.values(), key=lambda offer: not offer.deployments)


def add(rows: list[Item], item: Item) -> None:
    if len(rows) < SHOWN and answers(item):
        rows.append(item)


def answers(item: Item) -> bool:
    """Whether the model writes text, as far as its name tells."""
    return family(model_of(item)).modality == "text"


def model_of(item: Item) -> str:
    """Return the model behind an item: its own name, for a deployment that of what is deployed."""
    raw: dict[str, Any] = item.raw
    properties = raw.get("properties") or {}
    return str((properties.get("model") or {}).get("name") or raw.get("model") or item.name)


def first_panes(
    user: User, connections: Iterable[Connection], deployments: ItemQuerySet, *, count: int = 3
) -> list[dict[str, Any]]:
    """Return the panes of a new comparison: those of the user's last one, else deployments of different
    families.
    """
    usable = {one.pk: one for one in connections}
    slugs = {one.slug for one in usable.values()}
    last = Comparison.objects.filter(owner=user).first()
    panes = [pane for pane in (last.panes if last else []) if pane.get("connection") in slugs]
    if panes:
        return [pane | {"position": number} for number, pane in enumerate(panes)]
    by_family: dict[str, Item] = {}
    found = deployments.present().filter(connection__in=usable).order_by("name")
    for item in sorted(found, key=lambda one: usable[one.connection_id].state == "failed"):
        if answers(item):
            by_family.setdefault(family(model_of(item)).name, item)
    ranks = {name: rank for rank, name in enumerate(PREFERRED)}
    picked = sorted(by_family, key=lambda name: (ranks.get(name, len(ranks)), name))[:count]
    return [
        new_pane(number, usable[by_family[name].connection_id].slug, by_family[name].remote_id)
        for number, name in enumerate(picked)
    ]


def new_pane(position: int, connection: str = "", model: str = "") -> dict[str, Any]:
    return {"position": position, "connection": connection, "model": model, "api": "chat", "parameters": {}}
