"""Search or jump to anything that the person may see: pages, connections, deployments, models, comparisons."""

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

EACH = 6
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
    Place("responses", "Responses", "bolt", "background thread answers open by id"),
    Place("conversations", "Conversations", "message", "items transcript open by id"),
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
    deployments, models = named(user, "deployment", q), named(user, "model", q)
    files = named(user, "file", q)
    stores = named(user, "vector_store", q)
    responses, conversations = named(user, "response", q), named(user, "conversation", q)
    return [
        pages,
        {"title": "Connections", "items": list(connections(user, q))},
        {
            "title": "Deployments",
            "items": list(items(deployments, "deployment", "server")),
        },
        {"title": "Models", "items": list(items(models, "model", "cube"))},
        {"title": "Files", "items": list(items(files, "file", "file"))},
        {"title": "Vector stores", "items": list(items(stores, "vector-store", "layers"))},
        {"title": "Batches", "items": list(items(named(user, "batch", q), "batch", "stack"))},
        {"title": "Evals", "items": list(items(named(user, "eval", q), "eval", "checklist"))},
        {"title": "Runs of evals", "items": list(items(named(user, "eval_run", q), "eval-run", "checklist"))},
        {"title": "Responses", "items": list(items(responses, "response", "bolt"))},
        {"title": "Conversations", "items": list(items(conversations, "conversation", "message"))},
        {"title": "Ask in the playground", "items": list(askable(deployments))},
        comparisons,
    ]


def named(user: Any, kind: str, q: str) -> list[Item]:
    rows = access.items_for(user, kind).present().search(q)
    return list(rows.order_by("name", "id").defer("raw")[:EACH])


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


def items(rows: Iterable[Item], url_name: str, icon: str) -> Iterable[Entry]:
    for item in rows:
        url = reverse(url_name, args=[item.connection.slug, item.remote_id])
        yield Entry(url, item.name, icon, item.connection.name)


def askable(rows: Iterable[Item]) -> Iterable[Entry]:
    for item in rows:
        url = playground_url(item, item.remote_id)
        yield Entry(url, f"Ask {item.name}", "columns", item.connection.name)


def asked_before(user: Any, q: str) -> Iterable[Entry]:
    rows = access.comparisons_for(user)
    for word in q.split()[:8]:
        rows = rows.filter(title__icontains=word)
    for one in rows[:EACH]:
        yield Entry(reverse("comparison", args=[one.pk]), one.title, "message")
