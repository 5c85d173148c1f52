"""Stopping batches: one from its page, or those that were selected in the list by a job."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console import access, tasks
from console.batching import cancelling
from console.index import batches as known
from console.index.batches import KIND
from console.models import Item, Job
from console.v1 import batches
from console.views import code_calls, object_page, selecting
from console.views.activity import accepted
from console.views.batches import as_json, framed, row_of, rows
from console.views.shared import wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, batch_id: str) -> HttpResponse:
    """Say what becomes of the lines, then stop the batch; one that works no more leads back to its page."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="operate")
    if request.method != "POST" and not row_of(item).can_cancel:
        messages.info(request, f"{item.name} is not at work any more: there is nothing to cancel.")
        return redirect("batch", slug, batch_id)
    samples = code_calls.about(item, "batches.cancel")
    context = {**framed(request, item), "here": "Cancel", "samples": samples}
    if page := object_page.question(request, "batches/cancel.html", context):
        return page
    with item.connection.client(request.user) as client:
        batch = batches.cancel(client, batch_id)
    item = known.remember(item.connection, batch)
    if wants_json(request):
        return JsonResponse(as_json(row_of(item)))
    messages.success(request, f"{item.name} is being stopped. What is answered by then stays.")
    return redirect("batch", slug, batch_id)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_many(request: HttpRequest) -> HttpResponse:
    """Show which of the selected batches are still at work; once that is confirmed, a job stops just those."""
    access.require(request.user, "operate")
    if not selecting.is_asking(request):
        return selecting.frozen(request, KIND, list_name="batches", noun="batches")
    selection = selecting.selection_of(request)
    if selection.job:
        return accepted(request, selection.job)
    chosen = rows(access.items_by_key(request.user, KIND, selection.keys, may="operate"))
    working = [row for row in chosen if row.can_cancel]
    if not working:
        messages.info(request, "None of the batches that were selected is at work any more.")
        return redirect(selecting.list_url(request, "batches"))
    if request.method != "POST":
        samples = code_calls.about_each([row.item for row in working], "batches.cancel")
        context = {
            "rows": working,
            "ended": len(chosen) - len(working),
            "list_url": selecting.list_url(request, "batches"),
            "action": request.get_full_path(),
            "samples": samples,
        }
        return render(request, "batches/cancel_many.html", context)
    return accepted(request, selection.confirm(lambda: started(request, [row.item for row in working])))


def started(request: HttpRequest, items: list[Item]) -> list[Job]:
    jobs = cancelling.start(items, request.user)
    for job in jobs:
        tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return jobs
