"""API support: which routes of the v1 API a connection offers, found out by harmless probes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from console import access
from console.models import Connection, RouteProbe, checkup
from console.v1.routes import ROUTES, Route, groups_of
from console.views import live
from console.views.shared import wants_json
from console.views.shown_kinds import kinds_of

TITLES = {
    "audio": "Audio",
    "batches": "Batches",
    "chat": "Chat completions",
    "completions": "Completions",
    "containers": "Containers",
    "conversations": "Conversations",
    "embeddings": "Embeddings",
    "evals": "Evals",
    "files": "Files",
    "fine_tuning": "Fine-tuning",
    "images": "Images",
    "models": "Models",
    "realtime": "Realtime",
    "responses": "Responses",
    "threads": "Threads",
    "vector_stores": "Vector stores",
    "video": "Video",
    "videos": "Videos",
    "webhooks": "Webhooks",
}
MAIN = "The v1 support table"
BY_NAME = {route.name: route for route in ROUTES}


@dataclass(frozen=True)
class Row:
    """One route and what its last probe found."""

    route: Route
    probe: RouteProbe | None

    @property
    def element_id(self) -> str:
        return f"route-{self.route.name.replace('.', '-')}"


@dataclass
class Group:
    """A part of the API."""

    title: str
    rows: list[Row]

    @property
    def element_id(self) -> str:
        return f"count-{slugify(self.title)}"

    @property
    def is_main(self) -> bool:
        return self.title == MAIN

    @property
    def supported(self) -> int:
        return sum(row.probe is not None and row.probe.result == "supported" for row in self.rows)

    @property
    def asked(self) -> int:
        return sum(row.probe is not None for row in self.rows)

    def take(self, new: Row) -> None:
        self.rows = [new if row.route is new.route else row for row in self.rows]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The matrix over all connections; `?status=ga` or `preview` narrows it."""
    connections = list(access.connections_for(request.user).prefetch_related("probes"))
    status = request.GET.get("status", "")
    routes = [route for route in ROUTES if status in ("", route.status)]
    found = {(one.pk, probe.route): probe for one in connections for probe in one.probes.all()}
    if wants_json(request):
        return JsonResponse({"data": [matrix_row(route, connections, found) for route in routes]})
    groups = [
        (title, [(route, [found.get((one.pk, route.name)) for one in connections]) for route in members])
        for title, members in grouped(routes)
    ]
    counts = {name: sum(route.status == name for route in ROUTES) for name in ("ga", "preview")}
    context = {
        "connections": connections,
        "groups": groups,
        "status": status,
        "counts": counts,
        "total": len(ROUTES),
    }
    return render(request, "probes/index.html", context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    connection = access.connection_for(request.user, slug, may="read")
    if wants_json(request):
        rows = [row for group in matrix(connection) for row in group.rows]
        return JsonResponse({"data": [row_as_json(row.route, row.probe) for row in rows]})
    return render(request, "probes/show.html", shown(request, connection))


@require_POST
def probe(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Probe all routes, or the one that `route` names; nothing is created, changed or paid for."""
    connection = access.connection_for(request.user, slug, may="operate")
    name = request.POST.get("route", "")
    if name and name not in BY_NAME:
        raise Http404("No such route.")
    probes = checkup.probe_routes(connection, request.user, [name] if name else None)
    if live.wants_lines(request):
        return live.stream(probe_lines(connection, probes))
    done = list(probes)
    if wants_json(request):
        return JsonResponse({"data": [row_as_json(BY_NAME[one.route], one) for one in done]})
    if name and getattr(request, "htmx", False):
        return render(request, "probes/_row.html", row_context(connection, Row(BY_NAME[name], done[0])))
    return redirect("connection-api-support", slug)


def probe_lines(connection: Connection, probes: Iterator[RouteProbe]) -> Iterator[dict[str, str]]:
    """Each row as it is found with the count of its group, then the totals."""
    groups = {row.route.name: group for group in matrix(connection) for row in group.rows}
    for found in probes:
        row = Row(BY_NAME[found.route], found)
        group = groups[found.route]
        group.take(row)
        yield live.part(row.element_id, "probes/_row.html", row_context(connection, row))
        yield live.part(group.element_id, "probes/_count.html", {"group": group})
    summary = live.part("support-summary", "probes/_summary.html", {"totals": totals(connection)})
    yield {**summary, "say": "All routes were probed."}


def row_context(connection: Connection, row: Row) -> dict[str, Any]:
    """A row for somebody who may probe; only they are sent single rows."""
    return {"connection": connection, "row": row, "may": {"operate"}}


def shown(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    return {
        "connection": connection,
        "groups": matrix(connection),
        "totals": totals(connection),
        "objects": kinds_of(connection),
        "may": access.verbs(request.user, connection.workspace_id),
    }


def matrix(connection: Connection) -> list[Group]:
    """The routes that this kind of provider has, in groups, each with its last probe."""
    found = {one.route: one for one in connection.probes.all()}
    offered = groups_of(connection.kind)
    routes = [route for route in ROUTES if route.group in offered]
    return [
        Group(title, [Row(route, found.get(route.name)) for route in members])
        for title, members in grouped(routes)
    ]


def grouped(routes: list[Route]) -> list[tuple[str, list[Route]]]:
    """Microsoft's own table first, then the rest of the API, a group for each part of it."""
    groups: dict[str, list[Route]] = {MAIN: [route for route in routes if route.seed]}
    for route in routes:
        if not route.seed:
            groups.setdefault(TITLES.get(route.group, route.group), []).append(route)
    return [(title, members) for title, members in groups.items() if members]


def totals(connection: Connection) -> dict[str, Any]:
    """How many routes answered how, and when the last of them was asked."""
    results = list(connection.probes.values_list("result", "checked_at"))
    counts = {
        name: sum(result == name for result, _ in results) for name in ("supported", "not_offered", "refused")
    }
    return {
        **counts,
        "unknown": sum(result == "unknown" for result, _ in results),
        "checked_at": max((when for _, when in results), default=None),
    }


def matrix_row(
    route: Route, connections: list[Connection], found: dict[tuple[int, str], RouteProbe]
) -> dict[str, Any]:
    results = {one.slug: found.get((one.pk, route.name)) for one in connections}
    told = {slug: probe.result if probe else "not_probed" for slug, probe in results.items()}
    return {**route_as_json(route), "results": told}


def row_as_json(route: Route, found: RouteProbe | None) -> dict[str, Any]:
    """`elapsed_ms` is in milliseconds."""
    return {
        **route_as_json(route),
        "result": found.result if found else "not_probed",
        "sentence": found.sentence if found else "",
        "http_status": found.status if found else None,
        "elapsed_ms": found.elapsed_ms if found else None,
        "request_id": found.request_id if found else "",
        "checked_at": found.checked_at if found else None,
    }


def route_as_json(route: Route) -> dict[str, Any]:
    return {
        "route": route.name,
        "method": route.method,
        "path": route.path,
        "group": route.group,
        "status": route.status,
        "header": dict([route.header]) if route.header else {},
    }
