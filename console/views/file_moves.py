"""Copying a file to another resource: a job."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access, file_jobs, jobs, tasks
from console.forms.uploads import CopyForm, named
from console.models import Connection, Item, Job, Upload
from console.models.upload import Refused
from console.views import code_follows, file_code
from console.views.activity import accepted
from console.views.code import Sample
from console.views.files import KIND
from console.views.shared import form_page


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """Copy a file to another connection, by way of the spool: resources do not share files."""
    item = access.item_for(request.user, slug, KIND, file_id, may="operate")
    connections = access.connections_for(request.user, may="operate").select_related("workspace")
    others = [one for one in connections if one.pk != item.connection_id]
    purpose = str(item.raw.get("purpose") or "")
    known = access.job_of_form(request.user, request.POST.get("key", ""))
    if known is not None and not code_follows.is_asked(request):
        return accepted(request, known)
    form = CopyForm(
        request.POST if request.method == "POST" else None,
        connections=others,
        purpose=purpose,
        initial={name: request.GET[name] for name in ("target", "purpose") if name in request.GET},
    )
    if code_follows.is_asked(request):
        return code_follows.answered(request, as_code(item, form) if form.is_valid() else None)
    if form.is_bound and form.is_valid():
        job = start_copying(request, item, form)
        if job:
            return accepted(request, job)
    context = {"item": item, "form": form, "samples": as_code(item, form)}
    return form_page(request, "files/copy.html", context, form)


def as_code(item: Item, form: CopyForm) -> list[Sample]:
    """The copy as code, as the form has it; nothing where there is no other connection."""
    target, purpose = form.chosen
    if target is None:
        return []
    return file_code.copying(
        item.connection, item.remote_id, named(item.name), target=target, purpose=purpose
    )


def start_copying(request: HttpRequest, item: Item, form: CopyForm) -> Job | None:
    """Start the job; None when there is no room, which the form then says."""
    target: Connection = form.cleaned_data["target"]
    facts: dict[str, Any] = {"connection": target, "workspace": target.workspace, "owner": request.user}
    try:
        with transaction.atomic():
            upload = Upload.begin_copy(
                size=item.size or 0, name=named(item.name), purpose=form.cleaned_data["purpose"], **facts
            )
            job = jobs.start(
                file_jobs.COPY,
                title=f"Copy {item.name} from {item.connection.name} to {target.name}",
                effect=Job.Effect.MARKED,
                workspace=target.workspace,
                user=request.user,  # type: ignore[arg-type]
                connection=target,
                key=f"{request.user.pk}:{form.cleaned_data['key']}",
                arguments={
                    "upload": str(upload.pk),
                    "connection": item.connection_id,
                    "file": item.remote_id,
                },
                total=item.size,
                unit="bytes",
                url=reverse("file", args=[item.connection.slug, item.remote_id]),
            )
            upload.attach(job)
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    except Refused as reason:
        form.add_error(None, str(reason))
        return None
    return job
