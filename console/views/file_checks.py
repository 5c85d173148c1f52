"""The doctor on a file that a resource has: a job reads it there, and its report stays for a fortnight."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console import access, jobs, tasks
from console.forms.uploads import AUTO, CheckForm, named
from console.jsonl import Purpose
from console.models import Item, Job, Upload
from console.models.upload import Refused
from console.views import file_code
from console.views.activity import accepted
from console.views.files import KIND
from console.views.shared import asks_for, form_page, wants_json

JOB = "file.examine"
USUAL = {"batch": Purpose.BATCH, "evals": Purpose.EVALS}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """The last report on a file, and the form that has it looked at again; `?purpose=` proposes the rules."""
    if request.method == "POST":
        access.connection_for(request.user, slug, may="operate")
    item = access.item_for(request.user, slug, KIND, file_id, may="read")
    url = reverse("file-check", args=[slug, file_id])
    job = access.last_job(request.user, JOB, url=url)
    if request.method != "POST":
        form = CheckForm(initial={"purpose": proposed(request, item, job)})
        return page(request, item, form, job)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return page(request, item, form, job)
    if job is None or not job.is_open:
        job = start(request, item, form.cleaned_data["purpose"], url=url)
    return accepted(request, job, url)


def proposed(request: HttpRequest, item: Item, job: Job | None) -> str:
    """The rules that somebody asked for, else those of last time, else those of the file's purpose if it has one."""
    asked = request.GET.get("purpose", "")
    if asked in set(Purpose):
        return asked
    if job is not None:
        return job.arguments["purpose"] or AUTO
    return USUAL.get(str(item.raw.get("purpose")), AUTO)


def start(request: HttpRequest, item: Item, purpose: str, *, url: str) -> Job:
    with transaction.atomic():
        job = jobs.start(
            JOB,
            title=f"Check {item.name}",
            effect=Job.Effect.READ,
            workspace=item.connection.workspace,
            user=request.user,  # type: ignore[arg-type]
            connection=item.connection,
            arguments={"file": item.remote_id, "purpose": purpose},
            total=item.size,
            unit="bytes",
            url=url,
        )
        tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return job


@require_POST
def mend(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """Fetch a file that was checked into the console, to be mended there and sent as another: files do not change."""
    item = access.item_for(request.user, slug, KIND, file_id, may="operate")
    key = request.POST.get("key", "")[:40]
    known = access.job_of_form(request.user, key)
    if known is not None:
        return redirect(known.url)
    checked = access.last_job(request.user, JOB, url=reverse("file-check", args=[slug, file_id]))
    report = checked.outcome.get("report") if checked else None
    if report is None:
        messages.warning(request, "Check the file first.")
        return redirect("file-check", slug, file_id)
    try:
        return redirect("upload", start_fetching(request, item, Purpose(report["purpose"]), key).pk)
    except Refused as reason:
        messages.error(request, str(reason))
        return redirect("file-check", slug, file_id)


def start_fetching(request: HttpRequest, item: Item, purpose: Purpose, key: str) -> Upload:
    """Make room for the file and start the job that fills it. Raises Refused."""
    workspace = item.connection.workspace
    stem, _, ending = named(item.name).rpartition(".")
    with transaction.atomic():
        upload = Upload.begin_making(
            size=item.size or 0,
            name=f"{stem}-mended.{ending}" if stem else f"{ending}-mended",
            purpose=purpose.upload,
            check_for=purpose.value,
            connection=item.connection,
            workspace=workspace,
            owner=request.user,
        )
        job = jobs.start(
            "file.fetch",
            title=f"Fetch {item.name} to mend it",
            effect=Job.Effect.READ,
            workspace=workspace,
            user=request.user,  # type: ignore[arg-type]
            connection=item.connection,
            arguments={"upload": str(upload.pk), "file": item.remote_id},
            total=item.size,
            unit="bytes",
            url=reverse("upload", args=[upload.pk]),
            key=f"{request.user.pk}:{key}" if key else None,
        )
        upload.attach(job)
        tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return upload


def page(request: HttpRequest, item: Item, form: CheckForm, job: Job | None) -> HttpResponse:
    if wants_json(request) and not form.is_bound:
        return JsonResponse(as_json(job))
    report = job.outcome.get("report") if job else None
    context = {"item": item, "form": form, "job": job, "report": report, "key": uuid.uuid4().hex}
    context["samples"] = file_code.reading(item.connection, item.remote_id)
    part = asks_for(request, "check")
    return form_page(request, "files/check.html#check" if part else "files/check.html", context, form)


def as_json(job: Job | None) -> dict[str, Any]:
    if job is None:
        return {"job": None, "report": None}
    state = {"id": str(job.pk), "state": job.state, "done": job.done, "total": job.total}
    return {"job": {**state, "error": job.error_message}, "report": job.outcome.get("report")}
