"""Asking models side by side: the empty page, the turns that are sent, and whom a pane can ask."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console import access
from console.forms.playground import Invalid, Submission, check, read_form, read_json
from console.models import Comparison
from console.models.connection import reachable_first
from console.playground import board, gate
from console.playground import turns as asking
from console.playground.choices import choices as offered
from console.playground.choices import first_panes, new_pane
from console.views.shared import refused_fields, wants_json

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
BUSY = "As many answers are under way as you may have at once. Wait for one, or stop one. Nothing was sent."
RUNNING = "An answer of this comparison is still being written. Wait for it, or stop it. Nothing was sent."


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show an empty comparison; `?connection=&model=`, repeated, say whom to ask, `?position=` asks for one
    more pane.
    """
    access.require(request.user, "read")
    if getattr(request, "htmx", False) and "position" in request.GET:
        return render(request, "playground/_pane.html", pane_context(request))
    return render(request, "playground/index.html", page_context(request, None, wanted(request)))


@require_POST
def turns(request: HttpRequest) -> HttpResponseBase:
    """Ask all panes: JSON (201 with comparison, turn, answers, stream) or a form, which leads to the
    comparison.
    """
    access.require(request.user, "operate")
    as_json = request.content_type == "application/json"
    if not as_json and request.content_type not in FORMS:
        return refused_fields({"body": ["Send JSON or a form."]}, status=415)
    try:
        value = read_json(request.body) if as_json else read_form(request.POST)
        submission = check(value, access.connections_for(request.user, may="operate"))
        asked = ask(request, submission)
    except Invalid as invalid:
        return refused(request, invalid.errors, 422, as_json=as_json)
    except asking.TooManyRuns:
        return refused(request, {"panes": BUSY}, 429, as_json=as_json)
    except asking.StillRunning:
        return refused(request, {"comparison": RUNNING}, 409, as_json=as_json)
    gate.admit(request.session.session_key, asked.comparison.pk, [one.pk for one in asked.answers])
    return accepted(request, asked, as_json=as_json or wants_json(request))


def ask(request: HttpRequest, submission: Submission) -> asking.Asked:
    """Check the comparison that goes on, then ask; raises what `turns.ask` raises, and Invalid."""
    comparison = None
    if submission.comparison_id is not None:
        comparison = access.comparison_for(request.user, submission.comparison_id, may="operate")
        for number, pane in enumerate(submission.panes):
            if pane.connection.workspace_id != comparison.workspace_id:
                raise Invalid({f"panes.{number}.connection": "The comparison belongs to another workspace."})
    user: Any = request.user
    return asking.ask(user, submission.panes, submission.text, comparison=comparison, key=submission.key)


def accepted(request: HttpRequest, asked: asking.Asked, *, as_json: bool) -> HttpResponseBase:
    url = reverse("comparison", args=[asked.comparison.pk])
    if as_json:
        told = {
            "comparison": str(asked.comparison.pk),
            "turn": str(asked.turn.pk),
            "answers": [str(answer.pk) for answer in asked.answers],
            "stream": reverse("comparison-stream", args=[asked.comparison.pk]),
        }
        return JsonResponse(told, status=201, headers={"Location": url})
    if getattr(request, "htmx", False):
        context = page_context(request, asked.comparison, asked.comparison.panes)
        return with_headers(
            render(request, "playground/turns.html", context, status=201), {"HX-Push-Url": url}
        )
    return redirect(url)


def refused(request: HttpRequest, errors: dict[str, str], status: int, *, as_json: bool) -> HttpResponse:
    """Tell what is wrong, field by field; what the user wrote stays where it was written."""
    headers = {"Retry-After": str(asking.RETRY_AFTER)} if status == 429 else {}
    if as_json or wants_json(request):
        wrong = {name: [sentence] for name, sentence in errors.items()}
        return refused_fields(wrong, status=status, headers=headers)
    if getattr(request, "htmx", False):
        # htmx puts a 422 into the page and makes a toast of other failures.
        headers |= {"HX-Retarget": "#composer-errors", "HX-Reswap": "innerHTML"}
        page = render(request, "playground/_errors.html", {"errors": sentences(errors)}, status=422)
        return with_headers(page, headers)
    typed = read_form(request.POST)
    panes = [new_pane(0) | pane for pane in typed["panes"]] or [new_pane(0)]
    context = page_context(request, None, panes) | {"errors": sentences(errors), "draft": typed["input"]}
    return with_headers(render(request, "playground/index.html", context, status=status), headers)


def with_headers(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response


def sentences(errors: dict[str, str]) -> list[str]:
    """Return each error with the letter of its pane."""
    found = []
    for field, sentence in errors.items():
        parts = field.split(".")
        is_pane = parts[0] == "panes" and len(parts) > 1 and parts[1].isdecimal()
        found.append(f"Pane {chr(ord('A') + int(parts[1]) % 26)}: {sentence}" if is_pane else sentence)
    return found


@require_GET
def choices(request: HttpRequest) -> HttpResponse:
    """Answer whom a pane can ask: deployments first, then catalogue models; `?q=` searches, and may be a
    name of its own.
    """
    search = request.GET.get("q", "").strip()[:256]
    found = offered(
        access.connections_for(request.user, may="operate").filter(paused_at=None),
        access.items_for(request.user, "deployment"),
        access.items_for(request.user, "model"),
        search=search,
    )
    if wants_json(request):
        rows = [
            {
                "connection": one.connection.slug,
                "model": item.remote_id,
                "is_deployment": item.kind == "deployment",
            }
            for one in found
            for item in (*one.deployments, *one.models)
        ]
        return JsonResponse({"data": rows})
    return render(request, "playground/choices.html", {"offers": found, "search": search})


def wanted(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the panes that the address asks for, else those that the user is likely to want."""
    connections = access.connections_for(request.user, may="operate").filter(paused_at=None)
    slugs, models, apis = (request.GET.getlist(name) for name in ("connection", "model", "api"))
    if slugs:
        pairs = zip(slugs, [*models, *[""] * len(slugs)], [*apis, *["chat"] * len(slugs)], strict=False)
        panes = [
            new_pane(number, slug, model) | {"api": api} for number, (slug, model, api) in enumerate(pairs)
        ]
    else:
        user: Any = request.user
        panes = first_panes(user, connections, access.items_for(user, "deployment"))
    if not panes:
        panes = [new_pane(0, next((one.slug for one in reachable_first(connections)), ""))]
    if "add" in request.GET:
        panes.append(new_pane(1 + max(pane["position"] for pane in panes)))
    return panes[:8]


def pane_context(request: HttpRequest) -> dict[str, Any]:
    text = request.GET["position"]
    connections = list(access.connections_for(request.user, may="operate").filter(paused_at=None))
    known = {one.slug: one for one in connections}
    slug = request.GET.get("connection", "")
    pane = new_pane(
        int(text) % 1000 if text.isdecimal() else 0,
        slug if slug in known else "",
        request.GET.get("model", ""),
    )
    return {"column": board.column(pane, known), "connections": connections, "may_ask": bool(connections)}


def page_context(
    request: HttpRequest, comparison: Comparison | None, panes: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what the page of a comparison, or of an empty one, shows."""
    connections = list(access.connections_for(request.user))
    usable = set(access.workspaces(request.user, "operate"))
    columns = board.columns(panes, comparison, {one.slug: one for one in connections})
    shown = [column.last for column in columns if column.last is not None]
    numbers = [answer.turn.number for answer in shown]
    latest = [answer for answer in shown if answer.turn.number == max(numbers)]
    return {
        "comparison": comparison,
        "columns": columns,
        "connections": [one for one in connections if one.workspace_id in usable and one.paused_at is None],
        "best": board.best(latest),
        "after": board.stream_place(latest),
        "instructions": next(
            (
                pane["parameters"]["instructions"]
                for pane in panes
                if pane.get("parameters", {}).get("instructions")
            ),
            "",
        ),
        "may_ask": access.may(request.user, "operate") and bool(connections),
        "is_first_run": not connections,
    }
