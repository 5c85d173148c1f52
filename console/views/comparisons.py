"""Comparisons that were asked before: their list, their pages, and what can be done with their answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console import access
from console.models import Answer, Comparison
from console.models.comparison import latest
from console.playground import board
from console.playground import turns as asking
from console.playground.snippets import snippets
from console.views.playground import BUSY, RUNNING, page_context
from console.views.shared import asks_for, json_page, paged, refused_fields, wants_json

TITLE_LIMIT = 200


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the comparisons of the user's workspaces, newest first; `?q=` searches titles and prompts."""
    search = request.GET.get("q", "").strip()[:200]
    page = paged(request, access.comparisons_for(request.user).search(search))
    if wants_json(request):
        return json_page(page, comparison_row)
    template = "comparisons/index.html#table" if asks_for(request, "table") else "comparisons/index.html"
    return render(request, template, {"page": page, "search": search})


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    comparison = access.comparison_for(request.user, pk, may="read")
    if wants_json(request):
        turns = [turn_row(turn) for turn in comparison.turns.prefetch_related("answers__connection")]
        return JsonResponse(comparison_row(comparison) | {"turns": turns})
    return render(request, "comparisons/show.html", page_context(request, comparison, comparison.panes))


@require_GET
def stream(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say where the stream is served: by console/playground/stream.py, ahead of Django, under this very
    address.
    """
    access.comparison_for(request.user, pk, may="read")
    return HttpResponse(
        "The stream is served by the ASGI application.", content_type="text/plain", status=501
    )


@require_POST
def rename(request: HttpRequest, pk: UUID) -> HttpResponse:
    comparison = access.comparison_for(request.user, pk, may="operate")
    title = " ".join(request.POST.get("title", "").split())[:TITLE_LIMIT]
    if not title or not title.isprintable():
        return refused_fields({"title": ["Write a title."]})
    if title != comparison.title:
        comparison.rename(title)
    return JsonResponse(comparison_row(comparison)) if wants_json(request) else redirect("comparison", pk)


@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    comparison = access.comparison_for(request.user, pk, may="operate")
    asking.stop(comparison.latest_answers())
    comparison.remove()
    if wants_json(request):
        return HttpResponse(status=204)
    messages.success(request, f"Deleted the comparison {comparison.title}.")
    return redirect("comparisons")


@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    comparison = access.comparison_for(request.user, pk, may="operate")
    return stopped(request, comparison, comparison.latest_answers())


@require_POST
def stop_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    answer = access.answer_for(request.user, pk, may="operate")
    return stopped(request, answer.turn.comparison, [answer])


def stopped(request: HttpRequest, comparison: Comparison, answers: Sequence[Answer]) -> HttpResponse:
    running = asking.stop(answers)
    if wants_json(request):
        return JsonResponse({"stopped": [str(answer.pk) for answer in running]})
    if getattr(request, "htmx", False):
        return HttpResponse(status=204)
    return redirect("comparison", comparison.pk)


@require_GET
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one answer: as JSON, or as the part of the page that takes the place of what was streamed."""
    found = access.answer_for(request.user, pk, may="read")
    if wants_json(request):
        return JsonResponse(answer_row(found))
    if not getattr(request, "htmx", False):
        return redirect("comparison", found.turn.comparison_id)
    siblings = latest(found.turn.answers.all())
    context = {
        "answer": found,
        "siblings": siblings,
        "best": board.best(siblings),
        "is_update": True,
        "may_ask": access.may(request.user, "operate"),
    }
    return render(request, "comparisons/answer.html", context)


@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ask one pane of the last turn once more, on the user's word."""
    found = access.answer_for(request.user, pk, may="operate")
    comparison = found.turn.comparison
    if found.connection is None:
        return refused_fields({"connection": ["The connection was removed."]})
    connection = access.connection_for(request.user, found.connection.slug, may="operate")
    user: Any = request.user
    try:
        new = asking.again(user, found, connection)
    except asking.TooManyRuns:
        return told(429, BUSY)
    except asking.StillRunning:
        return told(409, RUNNING)
    if wants_json(request):
        return JsonResponse({"comparison": str(comparison.pk), "answer": str(new.pk)}, status=201)
    if getattr(request, "htmx", False):
        return render(
            request, "playground/turns.html", page_context(request, comparison, comparison.panes), status=201
        )
    return redirect("comparison", comparison.pk)


def told(status: int, sentence: str) -> JsonResponse:
    headers = {"Retry-After": str(asking.RETRY_AFTER)} if status == 429 else {}
    return refused_fields({"answer": [sentence]}, status=status, headers=headers)


@require_GET
def code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the call behind an answer as code."""
    found = access.answer_for(request.user, pk, may="read")
    rows = snippets(found, found.connection) if found.connection else []
    return render(request, "comparisons/code.html", {"answer": found, "snippets": rows})


def comparison_row(comparison: Comparison) -> dict[str, Any]:
    return {
        "id": str(comparison.pk),
        "title": comparison.title,
        "owner": comparison.owner.get_username() if comparison.owner else None,
        "panes": comparison.panes,
        "created_at": comparison.created_at.isoformat(),
        "updated_at": comparison.updated_at.isoformat(),
    }


def turn_row(turn: Any) -> dict[str, Any]:
    answers = [answer_row(one) for one in latest(turn.answers.all())]
    return {"id": str(turn.pk), "number": turn.number, "input": turn.input, "answers": answers}


def answer_row(found: Answer) -> dict[str, Any]:
    return found.outcome | {
        "position": found.position,
        "attempt": found.attempt,
        "connection": found.connection_name,
        "model": found.model,
        "api": found.api,
        "parameters": found.parameters,
        "text": found.text,
        "reasoning": found.reasoning,
        "tools": found.tools,
        "notices": found.notices,
        "error": found.error,
        "filters": found.filters,
        "served_model": found.served_model,
        "response_id": found.response_id,
    }
