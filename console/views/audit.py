"""The audit trail: a timeline with filters, each event whole, and the verification of the chain."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from console import access, tasks
from console.forms.audit import AuditFilter
from console.models import AuditEvent
from console.models.audit_check import LIMITS, Verdict, last_check, size, verify_and_record
from console.models.audit_timeline import AuditQuerySet, Line, folded
from console.views.shared import PAGE_SIZE, asks_for, form_page, wants_json

COUNTED = 10_000  # beyond it a page says "more than"
VERIFIED_AT_ONCE = 50_000  # events; a longer chain is verified by a worker


@dataclass(frozen=True)
class Stretch:
    """A page of the timeline: its lines, how many fit in all, and the query string of the older ones."""

    lines: list[Line]
    total: int
    older: str

    @property
    def is_more(self) -> bool:
        return self.total > COUNTED


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    access.require(request.user, "audit")
    form = AuditFilter(request.GET)
    is_valid = form.is_valid()
    stretch = cut(request, form.narrow(AuditEvent.objects.timeline()))
    if is_valid and wants_json(request):
        return JsonResponse(as_json(stretch))
    context = {"form": form, "stretch": stretch, "check": last_check(), "limits": LIMITS}
    template = "audit/index.html#table" if asks_for(request, "table") else "audit/index.html"
    return form_page(request, template, context, form)


def cut(request: HttpRequest, events: AuditQuerySet) -> Stretch:
    """Return the page that `?before=` names by the number of the first event that is too new for it."""
    before = request.GET.get("before", "")
    older = events.before(int(before)) if before.isdecimal() and len(before) < 19 else events
    found = list(older[: PAGE_SIZE + 1])
    link = ""
    if len(found) > PAGE_SIZE:
        kept = [(name, value) for name, value in request.GET.items() if name != "before" and value]
        link = "?" + urlencode([*kept, ("before", found[PAGE_SIZE - 1].seq)])
    return Stretch(folded(found[:PAGE_SIZE]), events[: COUNTED + 1].count(), link)


@require_safe
def show(request: HttpRequest, seq: int) -> HttpResponse:
    access.require(request.user, "audit")
    event = AuditEvent.objects.numbered(seq)
    if event is None:
        raise Http404("No such event.")
    if wants_json(request):
        return JsonResponse(whole(event))
    others = AuditEvent.objects.tied_to(event)
    context = {"line": folded([event])[0], "event": event, "others": others, "facts": facts(event)}
    return render(request, "audit/show.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the chain now, or let a worker do it when it is long; the result is an event of its own."""
    access.require(request.user, "audit")
    if size() > VERIFIED_AT_ONCE:
        tasks.verify_audit.delay(request.user.pk)
        messages.info(request, "The chain is long: a worker verifies it. The result will stand on this page.")
        return JsonResponse({"state": "started"}, status=202) if wants_json(request) else redirect("audit")
    verdict = verify_and_record()
    if wants_json(request):
        return JsonResponse(verdict_facts(verdict))
    if verdict.is_intact:
        messages.success(request, f"All {verdict.verified} events are intact.")
    else:
        messages.error(request, f"The chain is broken at event {verdict.seq}: {verdict.problem}.")
    return redirect("audit")


def facts(event: AuditEvent) -> list[tuple[str, Any]]:
    """Return what an event holds beyond what its page shows by name: labels and values that are not empty."""
    shown = {"schema", "occurred_at", "changes", "actor_label", "target_label", "connection_label", "outcome"}
    pairs = ((name.replace("_", " "), value) for name, value in event.content.items() if name not in shown)
    return [(name, value) for name, value in pairs if value not in ("", None, [], {})]


def as_json(stretch: Stretch) -> dict[str, Any]:
    data = [{**whole(line.event), "ended": whole(line.end) if line.end else None} for line in stretch.lines]
    return {"data": data, "total": stretch.total, "next": stretch.older}


def whole(event: AuditEvent) -> dict[str, Any]:
    """Return everything that is stored of an event."""
    return {**event.content, "seq": event.seq, "prev_hash": event.prev_hash, "hash": event.hash}


def verdict_facts(verdict: Verdict) -> dict[str, Any]:
    return {
        "intact": verdict.is_intact,
        "first": verdict.first,
        "last": verdict.last,
        "verified": verdict.verified,
        "problem": verdict.problem,
        "seq": verdict.seq,
    }
