"""Connections: the list, adding, testing, changing and removing them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access, tasks
from console import index as objects
from console.forms.connections import ConnectionForm, proposal
from console.forms.credentials import CredentialForm
from console.models import Connection, checkup
from console.models.connection import ConnectionQuerySet
from console.models.secret import token_expires_at
from console.outbound.clouds import PRESETS
from console.outbound.endpoint import parse_base_url
from console.outbound.probe import STEPS, Step
from console.v1.address import Recognised
from console.views import live, object_page
from console.views.shared import asks_for, form_page, json_page, paged, wants_json
from console.views.shown_kinds import SHOWN, kinds_of

TITLES = {"dns": "DNS", "tls": "TLS", "authentication": "Authentication", "models": "Models"}
PURPOSES = {
    "dns": "Looks the name up and checks where it leads.",
    "tls": "Connects and checks the certificate.",
    "authentication": "Signs in with the credential.",
    "models": "Reads the list of models; no prompt is sent.",
}
FIRST_SYNC = timedelta(seconds=30)  # how long a new connection's page waits for a worker to begin


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the connections; `?q=` searches names and hosts."""
    query = request.GET.get("q", "")[:200]
    page = paged(request, searched(access.connections_for(request.user).counted(), query))
    if wants_json(request):
        return json_page(page, as_json)
    context = {"page": page, "q": query, "failing": [one for one in page.rows if one.state == "failed"]}
    template = "connections/index.html#table" if asks_for(request, "table") else "connections/index.html"
    return render(request, template, context)


def searched(connections: ConnectionQuerySet, query: str) -> ConnectionQuerySet:
    for word in query.split():
        connections = connections.filter(Q(name__icontains=word) | Q(host__icontains=word))
    return connections


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a connection; `?kind=xai` and the like fill the address in."""
    workspace = access.workspace_for(request.user, may="manage")
    filled = {"address": PRESETS.get(request.GET.get("kind", ""), request.GET.get("address", ""))}
    form = ConnectionForm(
        request.POST if request.method == "POST" else None, workspace=workspace, initial=filled
    )
    if form.is_bound and form.is_valid():
        connection = form.add(request.user)
        sync_soon(connection)
        return redirect(f"{reverse('connection', args=[connection.slug])}?added=1")
    return formed(request, "connections/new.html", form)


@require_safe
def recognise(request: HttpRequest) -> HttpResponse:
    """Say what an address names while it is being typed, `?connection=` apart; nothing is contacted."""
    access.require(request.user, "manage")
    recognised, problem = proposal(request.GET.get("address", ""))
    context: dict[str, Any] = {"recognised": recognised, "problem": problem}
    context["beside"] = beside(request, recognised, request.GET.get("connection", ""))
    return render(request, "connections/_recognised.html", context)


def beside(request: HttpRequest, recognised: Recognised | None, slug: str) -> ConnectionQuerySet:
    """The connections that lead to the recognised resource already, without that of the slug."""
    seen = access.connections_for(request.user)
    return seen.leading_to(parse_base_url(recognised.url)).exclude(slug=slug) if recognised else seen.none()


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    connection = access.connection_for(request.user, slug, may="read")
    if wants_json(request):
        counted = access.connections_for(request.user).counted().get(pk=connection.pk)
        return JsonResponse(
            {**as_json(counted), "syncs": [sync_as_json(one) for one in connection.syncs.all()]}
        )
    target = request.headers.get("HX-Target", "") if getattr(request, "htmx", False) else ""
    template = f"connections/show.html#{target}" if target in ("syncs", "facts") else "connections/show.html"
    return render(request, template, shown(request, connection))


def shown(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    """What the page of a connection needs."""
    present = connection.items.filter(gone_at=None)
    syncs = {sync.kind: sync for sync in connection.syncs.all()}
    kinds = [name for name, kind in objects.LISTED.items() if kind.applies(connection)]
    is_new = connection.created_at > timezone.now() - FIRST_SYNC
    is_waiting = not connection.is_paused and is_new and any(kind not in syncs for kind in kinds)
    return {
        "connection": connection,
        "may": access.verbs(request.user, connection.workspace_id),
        "secret": connection.stored_secret,
        "token_expires_at": token_expires_at(connection),
        "models_count": present.filter(kind="model").count(),
        "deployments_count": present.filter(kind="deployment").count(),
        "objects": kinds_of(connection),
        "syncs": [(SHOWN[kind], syncs.get(kind)) for kind in kinds],
        "is_reading": is_waiting or any(sync.is_running for sync in syncs.values()),
        "steps": [{"name": name, "title": TITLES[name], "sentence": PURPOSES[name]} for name in STEPS],
        "is_added": "added" in request.GET,
        "beside": access.connections_for(request.user)
        .leading_to(connection.endpoint)
        .exclude(slug=connection.slug),
        "history": access.history_for(request.user, connection.target),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a connection; who comes second gets both versions and chooses (409)."""
    connection = access.connection_for(request.user, slug, may="manage")
    form = ConnectionForm(
        request.POST if request.method == "POST" else None,
        workspace=connection.workspace,
        connection=connection,
    )
    if not form.is_bound or not form.is_valid():
        return formed(request, "connections/edit.html", form)
    if form.change(request.user):
        sync_soon(connection)
        messages.success(request, f"Changed {connection}.")
        return redirect("connection", connection.slug)
    return conflict(request, form, access.connection_for(request.user, slug, may="manage"))


def conflict(request: HttpRequest, mine: ConnectionForm, theirs: Connection) -> HttpResponse:
    context = {
        "connection": theirs,
        "form": mine.rebased(theirs),
        "secret": theirs.stored_secret,
        "differences": mine.differences(theirs),
        "typed_secret": bool(mine.credential_text),
    }
    return render(request, "connections/edit.html", context, status=409)


def formed(request: HttpRequest, template: str, form: ConnectionForm) -> HttpResponse:
    """A form with what it recognises in its address."""
    recognised, problem = proposal(str(form["address"].value() or ""))
    context = {
        "form": form,
        "connection": form.connection,
        "secret": form.connection.stored_secret if form.connection else None,
        "recognised": recognised,
        "problem": "" if form.is_bound else problem,
        "beside": beside(request, recognised, form.connection.slug if form.connection else ""),
    }
    return form_page(request, template, context, form)


@require_POST
def test(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Test a connection: live for the page, at once as JSON, or as the finished page without JavaScript."""
    connection = access.connection_for(request.user, slug, may="operate")
    steps = checkup.test(connection, request.user)
    if live.wants_lines(request):
        return live.stream(test_lines(connection, steps))
    done = [described(step) for step in steps]
    if wants_json(request):
        return JsonResponse({**as_json(connection), "steps": done})
    return render(request, "connections/show.html", {**shown(request, connection), "steps": done})


def test_lines(connection: Connection, steps: Iterator[Step]) -> Iterator[dict[str, str]]:
    """Each step as it begins and as it ends, then the state of the connection."""
    yield running(STEPS[0])
    for step, following in zip(steps, [*STEPS[1:], ""], strict=True):
        yield live.part(f"step-{step.name}", "connections/_step.html", {"step": described(step)})
        if following and step.state == "ok":
            yield running(following)
    yield live.part("trouble", "connections/_trouble.html", {"connection": connection})
    yield live.part("checked", "connections/_checked.html", {"connection": connection})
    verdict = connection.error_message or "The test passed."
    yield {**live.part("state", "connections/_state.html", {"connection": connection}), "say": verdict}


def running(name: str) -> dict[str, str]:
    step = {"name": name, "title": TITLES[name], "sentence": PURPOSES[name], "state": "running"}
    return live.part(f"step-{name}", "connections/_step.html", {"step": step})


def described(step: Step) -> dict[str, Any]:
    """A finished step for pages and scripts; `elapsed_ms` in milliseconds."""
    return {
        "name": step.name,
        "title": TITLES[step.name],
        "state": step.state,
        "sentence": step.sentence,
        "remedy": step.remedy,
        "kind": step.kind,
        "detail": step.detail,
        "elapsed_ms": None if step.state == "skipped" else round(step.elapsed * 1000),
        "request_id": step.request_id,
    }


@require_POST
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    connection = access.connection_for(request.user, slug, may="manage")
    connection.pause()
    messages.success(request, f"Paused {connection}. Nothing is sent until it is resumed.")
    return redirect("connection", slug)


@require_POST
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    connection = access.connection_for(request.user, slug, may="manage")
    connection.resume()
    messages.success(request, f"Resumed {connection}.")
    return redirect("connection", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def credential(request: HttpRequest, slug: str) -> HttpResponse:
    """Replace the credential; where it is sent stays as it is."""
    connection = access.connection_for(request.user, slug, may="manage")
    form = CredentialForm(
        request.POST if request.method == "POST" else None, purpose=connection.wiring.purpose
    )
    if form.is_bound and form.is_valid():
        connection.replace_credential(form.credential_text, user=request.user)
        messages.success(request, f"Replaced the credential of {connection}.")
        return redirect(f"{reverse('connection', args=[slug])}?added=1")
    context = {"connection": connection, "form": form, "secret": connection.stored_secret}
    return form_page(request, "connections/credential.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove a connection once its name was typed."""
    connection = access.connection_for(request.user, slug, may="manage")
    context = {**shown(request, connection), "answers_count": connection.answers.count()}
    if page := object_page.question(request, "connections/remove.html", context, typed=connection.name):
        return page
    connection.remove()
    messages.success(request, f"Removed {connection}. Nothing was deleted on the resource.")
    return redirect("connections")


@require_POST
def refresh(request: HttpRequest, slug: str) -> HttpResponse:
    """Read everything of a connection into the index now, also where no worker runs."""
    connection = access.connection_for(request.user, slug, may="read")
    connection.check_running()
    for name, kind in objects.LISTED.items():
        if kind.applies(connection):
            objects.refresh(connection, name)
    if getattr(request, "htmx", False):
        return render(request, "connections/show.html#syncs", shown(request, connection))
    return redirect("connection", slug)


def sync_soon(connection: Connection) -> None:
    """Wake a worker for each kind once the change is stored; a broker that is away does no harm."""
    for kind in objects.LISTED:
        transaction.on_commit(waking(connection.pk, kind), robust=True)


def waking(connection_id: int, kind: str) -> Callable[[], None]:
    def wake() -> None:
        tasks.sync.delay(connection_id, kind)

    return wake


def as_json(connection: Connection) -> dict[str, Any]:
    """A connection for scripts; there is no credential in it."""
    return {
        "name": connection.name,
        "slug": connection.slug,
        "kind": connection.kind,
        "simulated": connection.is_simulated,
        "url": connection.url,
        "auth": connection.auth_kind,
        "credential": connection.credential,
        "cloud": connection.cloud,
        "scope": connection.scope,
        "region": connection.region,
        "state": connection.state,
        "error_kind": connection.error_kind,
        "error_message": connection.error_message,
        "checked_at": connection.checked_at,
        "paused_at": connection.paused_at,
        "models": getattr(connection, "models_count", None),
        "deployments": getattr(connection, "deployments_count", None),
        "version": connection.version,
    }


def sync_as_json(sync: Any) -> dict[str, Any]:
    names = ("kind", "state", "finished_at", "count", "source", "error_kind", "error_message")
    return {name: getattr(sync, name) for name in names}
