"""Deleting what was selected in a list: what would go and what uses it is shown first, then a job does it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from console import access, bulk, tasks
from console.forms.confirm import ConfirmForm
from console.models import Item, Job
from console.views import code_calls, selecting
from console.views.activity import accepted
from console.views.shared import form_page
from console.views.uses import told, uses

UNTYPED = 10
"""As many objects are deleted by a click; more, or grave ones, by typed words."""


@dataclass(frozen=True)
class Plan:
    """How the objects of a kind are deleted: `path` is their collection at the API, `caution` what else goes.

    `is_grave` always asks for words.
    """

    list_name: str
    one: str
    many: str
    path: str
    caution: str
    is_grave: bool = False


PLANS = {
    "stored_completion": Plan(
        "stored-completions",
        "stored completion",
        "stored completions",
        "chat/completions",
        "The messages go with the answers. Datasets that were made of them stay.",
    ),
    "container": Plan(
        "containers",
        "container",
        "containers",
        "containers",
        "Each goes with the files in it, also those that code interpreter made.",
        is_grave=True,
    ),
    "conversation": Plan(
        "conversations",
        "conversation",
        "conversations",
        "conversations",
        "No model can be asked in one afterwards. The responses that belong to it stay.",
    ),
    "response": Plan(
        "responses",
        "response",
        "responses",
        "responses",
        "What was asked and answered in one cannot be gone on with afterwards.",
    ),
    "file": Plan(
        "files",
        "file",
        "files",
        "files",
        "Azure also takes each file out of every vector store. Jobs, batches and evals that refer to one cannot "
        "be repeated from it.",
    ),
    "vector_store": Plan(
        "vector-stores",
        "vector store",
        "vector stores",
        "vector_stores",
        "The files stay; what was made of them to search is gone, and assistants that use a store find nothing.",
        is_grave=True,
    ),
    "eval": Plan(
        "evals",
        "eval",
        "evals",
        "evals",
        "All runs of an eval go with it, and so do their items.",
        is_grave=True,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, kind: str) -> HttpResponse:
    """Show what would be deleted and what uses it; once that list is confirmed, a job deletes just that."""
    access.require(request.user, "operate")
    plan = PLANS[kind]
    names = {"list_name": plan.list_name, "noun": plan.many}
    if not selecting.is_asking(request):
        return selecting.frozen(request, kind, **names)
    selection = selecting.selection_of(request)
    if selection.job:
        return accepted(request, selection.job)
    items = access.items_by_key(request.user, kind, selection.keys, may="operate")
    if not items:
        return selecting.nothing_left(request, **names)
    form = asking(request, plan, items)
    if request.method != "POST" or (form is not None and not form.is_valid()):
        return asked(request, plan, items, form)
    return accepted(request, selection.confirm(lambda: started(request, kind, items)))


def started(request: HttpRequest, kind: str, items: list[Item]) -> list[Job]:
    jobs = bulk.start(kind, items, request.user, noun=PLANS[kind].many)
    for job in jobs:
        tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return jobs


def asking(request: HttpRequest, plan: Plan, items: list[Item]) -> ConfirmForm | None:
    """The form that asks for typed words, where they are needed."""
    if len(items) <= UNTYPED and not plan.is_grave:
        return None
    words = f"delete {len(items)} {plan.one if len(items) == 1 else plan.many}"
    data = request.POST if request.method == "POST" else None
    return ConfirmForm(data, expected=words, label=f"Type “{words}” to confirm")


def asked(request: HttpRequest, plan: Plan, items: list[Item], form: ConfirmForm | None) -> HttpResponse:
    places = {item.connection_id: item.connection for item in items}
    known = told(request, list(places.values())) if plan.one == "file" else None
    rows = uses(items)
    context: dict[str, Any] = {
        "plan": plan,
        "told": known,
        "list_url": selecting.list_url(request, plan.list_name),
        "rows": rows,
        "used": sum(1 for _, using in rows if using),
        "form": form,
        "action": request.get_full_path(),
        "samples": code_calls.about_each(items, f"{plan.path.replace('/', '.')}.delete"),
    }
    return form_page(request, "bulk/delete.html", context, form)
