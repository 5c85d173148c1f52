"""Files from a person's disk into a vector store: they come into the spool, then one job sends and attaches them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access, jobs, tasks
from console.forms.uploads import named
from console.forms.vector_stores import UploadedForm
from console.index.vector_stores import KIND
from console.models import Item, Job, Upload
from console.models.upload import Refused
from console.retrieval.uploads import KIND as JOB
from console.views.activity import accepted
from console.views.vector_store_files import attaching
from console.views.vector_stores import framed

PURPOSE = "assistants"


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """What has arrived for a store, and more; the same form sent again starts nothing twice."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    waiting = access.uploads_for(request.user).waiting_for(item.connection, store_id)
    if request.method != "POST":
        return page(request, item, UploadedForm(waiting=waiting))
    known = access.job_of_form(request.user, request.POST.get("key", ""))
    if known is not None:
        return accepted(request, known)
    form = UploadedForm(request.POST, request.FILES, waiting=waiting)
    chosen = wanted(request, item, form) if form.is_valid() else []
    if not chosen:
        return page(request, item, form, status=422)
    return accepted(request, start(request, item, form, chosen))


def page(request: HttpRequest, item: Item, form: UploadedForm, *, status: int = 200) -> HttpResponse:
    context = {**framed(request, item), "form": form, "samples": attaching(item), "purpose": PURPOSE}
    return render(request, "vector_store_files/upload.html", context, status=status)


def wanted(request: HttpRequest, item: Item, form: UploadedForm) -> list[Upload]:
    """The uploads that were chosen and the file of a plain form; none when there is no room for that one."""
    found = [form.waiting[key] for key in form.cleaned_data["uploads"]]
    file = form.cleaned_data["file"]
    if not file:
        return found
    facts: dict[str, Any] = {"connection": item.connection, "workspace": item.connection.workspace}
    facts |= {"owner": request.user, "purpose": PURPOSE, "store_id": item.remote_id}
    try:
        return [*found, Upload.take(file.read(), name=named(file.name), **facts)]
    except Refused as reason:
        form.add_error("file", str(reason))
        return []


def start(request: HttpRequest, item: Item, form: UploadedForm, chosen: list[Upload]) -> Job:
    """Take the uploads, and have them sent and attached by one job."""
    with transaction.atomic():
        taken = [one for one in chosen if one.begin_sending()]
        job = jobs.start(
            JOB,
            title=f"Upload {len(taken)} file{'' if len(taken) == 1 else 's'} into {item.name}",
            effect=Job.Effect.MARKED,
            workspace=item.connection.workspace,
            user=request.user,  # type: ignore[arg-type]
            connection=item.connection,
            key=f"{request.user.pk}:{form.cleaned_data['key']}",
            arguments={
                "store": item.remote_id,
                "label": item.name,
                "uploads": [str(one.pk) for one in taken],
                "attributes": form.cleaned_data["attributes"],
                "chunking": form.cut,
            },
            total=sum(one.size for one in taken),
            unit="bytes",
            url=reverse("vector-store", args=[item.connection.slug, item.remote_id]),
        )
        for one in taken:
            one.attach(job)
        tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return job
