"""Search or jump to anything that the person may see: pages, connections, objects of every kind, comparisons."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console import access
from console.models import Item
from console.outbound.json_text import clean_text
from console.views.models import playground_url
from console.views.shared import wants_json
from console.views.shown_kinds import SHOWN, ShownKind, url_of

EACH = 6
LOOKED_AT = 100
MAX_QUERY = 100


@dataclass(frozen=True)
class Entry:
    url: str
    label: str
    icon: str
    hint: str = ""


@dataclass(frozen=True)
class Place:
    """A page that can be jumped to; `words` are further ones that people look for it by."""

    name: str
    label: str
    icon: str
    words: str = ""
    verb: str = "read"


PLACES = (
    Place("overview", "Overview", "grid", "home start"),
    Place("playground", "Compare models in the playground", "columns", "chat ask prompt"),
    Place("models", "Models", "cube", "catalogue retirement"),
    Place("deployments", "Deployments", "server", "sku capacity quota"),
    Place("files", "Files", "file", "upload jsonl training batch"),
    Place("vector-stores", "Vector stores", "layers", "search retrieval embeddings rag"),
    Place("batches", "Batches", "stack", "jsonl bulk half price"),
    Place("evals", "Evals", "checklist", "graders criteria runs tests quality"),
    Place("upload-new", "Upload files", "upload", "add file", "operate"),
    Place("fine-tuning-jobs", "Fine-tuning", "curve", "train tune jobs checkpoints"),
    Place("responses", "Responses", "bolt", "background thread answers open by id"),
    Place("conversations", "Conversations", "message", "items transcript open by id"),
    Place("stored-completions", "Stored completions", "archive", "distillation dataset metadata chat"),
    Place("containers", "Containers", "chip", "code interpreter files"),
    Place("activity", "Activity", "clock", "jobs background running"),
    Place("comparisons", "Comparisons", "message", "history turns"),
    Place("connections", "Connections", "plug", "resources keys endpoints"),
    Place("connection-new", "Add a connection", "plus", "new endpoint key", "manage"),
    Place("api-support", "API support", "braces", "routes probes preview"),
    Place("audit", "Audit log", "shield", "events history", "audit"),
    Place("people", "People", "users", "accounts roles", "admin"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What fits `?q=`, in groups; without it the pages and what was used last."""
    q = clean_text(request.GET.get("q", ""))[:MAX_QUERY].strip()
    groups = [group for group in found(request.user, q) if group["items"]]
    if wants_json(request):
        told = [{**group, "items": [asdict(entry) for entry in group["items"]]} for group in groups]
        return JsonResponse({"groups": told})
    template = "components/_palette_results.html" if getattr(request, "htmx", False) else "palette/index.html"
    return render(request, template, {"groups": groups, "q": q})


def found(user: Any, q: str) -> list[dict[str, Any]]:
    pages = {"title": "Go to", "items": places(user, q)}
    comparisons = {"title": "Comparisons", "items": list(asked_before(user, q))}
    if not q:
        return [pages, comparisons]
    things = [{"title": one.title, "items": list(items(user, one, q))} for one in SHOWN.values()]
    return [
        pages,
        {"title": "Connections", "items": list(connections(user, q))},
        *things,
        {"title": "Ask in the playground", "items": list(askable(user, q))},
        comparisons,
    ]


def named(user: Any, kind: str, q: str) -> list[Item]:
    """Objects that fit, by name, of the first that an index finds: to sort all would look at every row."""
    rows = access.items_for(user, kind).present()
    found = list(rows.search(q).order_by().values_list("pk", flat=True)[:LOOKED_AT])
    return list(rows.filter(pk__in=found).order_by("name", "id").defer("raw")[:EACH]) if found else []


def places(user: Any, q: str) -> list[Entry]:
    words = q.lower().split()
    return [
        Entry(reverse(place.name), place.label, place.icon)
        for place in PLACES
        if access.may(user, place.verb)
        and all(word in f"{place.label} {place.words}".lower() for word in words)
    ]


def connections(user: Any, q: str) -> Iterable[Entry]:
    rows = access.connections_for(user)
    for word in q.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(host__icontains=word))
    for one in rows[:EACH]:
        yield Entry(reverse("connection", args=[one.slug]), one.name, "plug", one.host)


def items(user: Any, shown: ShownKind, q: str) -> Iterable[Entry]:
    for item in named(user, shown.kind, q):
        yield Entry(url_of(item), item.name, shown.icon, item.connection.name)


def askable(user: Any, q: str) -> Iterable[Entry]:
    for item in named(user, "deployment", q):
        yield Entry(playground_url(item, item.remote_id), f"Ask {item.name}", "columns", item.connection.name)


def asked_before(user: Any, q: str) -> Iterable[Entry]:
    rows = access.comparisons_for(user)
    for word in q.split()[:8]:
        rows = rows.filter(title__icontains=word)
    for one in rows[:EACH]:
        yield Entry(reverse("comparison", args=[one.pk]), one.title, "message")
