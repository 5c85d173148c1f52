"""Files on their way: they come in parts, wait in the spool, and a job sends them on."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access, file_jobs, jobs, tasks
from console.forms.uploads import BeginForm, SmallUploadForm, UploadForm, named
from console.jsonl import REPAIRS
from console.models import Job, Upload
from console.models.upload import PART, Refused
from console.views import code_follows, file_code, way_back
from console.views.code import Sample
from console.views.shared import form_page, wants_json

CONFLICT = 409
SHOWN = 20
EXAMPLES = {
    "fine-tune": "train.jsonl",
    "batch": "requests.jsonl",
    "evals": "items.jsonl",
    "assistants": "handbook.pdf",
}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The page to drop files on; its form works without a script for small files."""
    access.require(request.user, "operate")
    connections = list(access.connections_for(request.user, may="operate").select_related("workspace"))
    form: UploadForm
    if code_follows.is_asked(request):
        form = UploadForm(request.POST, connections=connections)
        return code_follows.answered(request, as_code(form) if form.is_valid() else None)
    if request.method == "POST":
        form = SmallUploadForm(request.POST, request.FILES, connections=connections)
        upload = received(request, form) if form.is_valid() else None
        if upload:
            return redirect("upload", upload.pk)
    else:
        chosen = {name: request.GET[name] for name in ("connection", "kind") if name in request.GET}
        form = SmallUploadForm(connections=connections, initial=chosen)
    uploads = access.uploads_for(request.user)[:SHOWN]
    context = {"form": form, "uploads": uploads, "part": PART, "connections": connections}
    context["back"] = way_back.note(request)
    context["samples"] = as_code(form)
    return form_page(request, "uploads/new.html", context, form)


def as_code(form: UploadForm) -> list[Sample]:
    """What sends a file as the form has it; nothing for one that stays in the console."""
    place, purpose = form.chosen
    if place is None or purpose not in EXAMPLES:
        return []
    life = form.facts["expires_after"] if form.is_bound and form.is_valid() else None
    return file_code.sending(place, EXAMPLES[purpose], purpose, expires_after=life)


def received(request: HttpRequest, form: UploadForm) -> Upload | None:
    """Put the file of a plain form into the spool; None when there is no room, which the form then says."""
    file = form.cleaned_data["file"]
    try:
        # An id that follows from the form: who sends it again finds the upload of the first time.
        upload_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{request.user.pk}:{form.cleaned_data['key']}")
        facts = {"id": upload_id, "owner": request.user, "name": named(file.name), **form.facts}
        upload = Upload.take(file.read(), **facts)
        return gone_on(request, upload)
    except Refused as reason:
        form.add_error("file", str(reason))
        return None


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an upload in parts, or find the one that was broken off; the answer says which part comes next."""
    access.require(request.user, "operate")
    connections = list(access.connections_for(request.user, may="operate").select_related("workspace"))
    form = BeginForm(request.POST, connections=connections)
    if not form.is_valid():
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return refused(told, fields=form.errors)
    try:
        upload = Upload.begin(owner=request.user, **form.facts)
    except Refused as reason:
        return refused(str(reason))
    return JsonResponse(as_json(upload), status=201)


@require_POST
def part(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Take one part: the body is its bytes, `X-Part-SHA256` their hash."""
    upload = access.upload_for(request.user, pk, may="operate")
    if upload.owner_id != request.user.pk:
        return refused("This upload belongs to somebody else.")
    try:
        stored = upload.receive(number, request.read(PART + 1), request.headers.get("X-Part-SHA256", ""))
    except Refused as reason:
        return refused(str(reason))
    return JsonResponse(as_json(gone_on(request, stored)))


def refused(sentence: str, *, fields: Mapping[str, Any] | None = None) -> JsonResponse:
    """Tell the script why not; `fields` are those that are wrong, where it is them."""
    error = {"kind": "bad_request" if fields else "conflict", "message": sentence, "remedy": ""}
    if fields:
        return JsonResponse({"error": {**error, "fields": fields}}, status=422)
    return JsonResponse({"error": error}, status=CONFLICT)


def gone_on(request: HttpRequest, upload: Upload) -> Upload:
    """Once all of it is there: have the doctor look at what it knows, and send what waits for nothing else."""
    if upload.state == Upload.State.RECEIVED and upload.check_for:
        start_checking(request, upload)
    elif upload.state == Upload.State.RECEIVED and not upload.store_id and not upload.stays:
        start_sending(request, upload)
    return upload


@require_safe
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    upload = access.upload_for(request.user, pk, may="operate")
    if wants_json(request):
        return JsonResponse(as_json(upload))
    samples = file_code.sending(
        upload.connection, upload.name, upload.purpose, expires_after=upload.expires_after
    )
    part = bool(getattr(request, "htmx", False))
    if part and "listed" in request.GET:
        return in_list(request, upload, shown=request.GET["listed"])
    template = "uploads/show.html#upload" if part else "uploads/show.html"
    context = {"upload": upload, "samples": samples, "file_url": file_url(upload)}
    context["back"] = way_back.with_file(request, upload.file_id)
    return render(request, template, context)


def in_list(request: HttpRequest, upload: Upload, *, shown: str) -> HttpResponse:
    """Its row in the list of uploads, which asks again while a job works at it; announced when no longer as `shown`."""
    answer = render(request, "uploads/new.html#row", {"upload": upload})
    if upload.state != shown:
        answer["HX-Trigger"] = json.dumps({"announce": f"{upload.name}: {upload.get_state_display()}"})
    return answer


@require_POST
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send an upload that is all there; asking twice sends it once."""
    upload = access.upload_for(request.user, pk, may="operate")
    start_sending(request, upload)
    return redirect("upload", pk)


def start_sending(request: HttpRequest, upload: Upload) -> None:
    with transaction.atomic():
        if upload.is_idle() and upload.begin_sending():
            # The marker by which a second attempt finds what the first one made: name, size and time.
            job = jobs.start(
                file_jobs.SEND,
                title=f"Upload {upload.name}",
                effect=Job.Effect.MARKED,
                workspace=upload.workspace,
                user=request.user,  # type: ignore[arg-type]
                connection=upload.connection,
                arguments={"upload": str(upload.pk)},
                total=upload.size,
                unit="bytes",
                url=reverse("upload", args=[upload.pk]),
            )
            upload.attach(job)
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]


@require_POST
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the doctor look again, after mending what was chosen in `codes`."""
    upload = access.upload_for(request.user, pk, may="operate")
    codes = [code for code in request.POST.getlist("codes") if code in REPAIRS]
    if upload.state == Upload.State.RECEIVED and upload.check_for:
        start_checking(request, upload, codes=codes)
    else:
        messages.warning(request, "Only a file that waits in the console can be checked.")
    return redirect("upload", pk)


def start_checking(request: HttpRequest, upload: Upload, *, codes: Sequence[str] = ()) -> None:
    """Start the doctor unless something works at the file already."""
    with transaction.atomic():
        if not upload.is_idle():
            return
        job = jobs.start(
            "file.check",
            title=f"{'Mend' if codes else 'Check'} {upload.name}",
            effect=Job.Effect.IDEMPOTENT,
            workspace=upload.workspace,
            user=request.user,  # type: ignore[arg-type]
            connection=upload.connection,
            arguments={"upload": str(upload.pk), "codes": list(codes)},
            total=upload.size,
            unit="bytes",
            url=reverse("upload", args=[upload.pk]),
        )
        upload.attach(job)
        tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop an upload wherever it is; what arrived is dropped."""
    upload = access.upload_for(request.user, pk, may="operate")
    if upload.job is not None and upload.job.is_open:
        upload.job.cancel()
    if upload.state != Upload.State.SENDING or not upload.runs:
        upload.end(Upload.State.CANCELLED)
    if wants_json(request):
        return JsonResponse({"cancelled": True})
    messages.info(request, f"Cancelled the upload of {upload.name}.")
    return redirect("upload-new")


def file_url(upload: Upload) -> str:
    return reverse("file", args=[upload.connection.slug, upload.file_id]) if upload.file_id else ""


def as_json(upload: Upload) -> dict[str, Any]:
    job = upload.job
    return {
        "id": str(upload.pk),
        "url": reverse("upload", args=[upload.pk]),
        "name": upload.name,
        "size": upload.size,
        "purpose": upload.purpose,
        "connection": upload.connection.slug,
        "state": upload.state,
        "part_size": PART,
        "next_part": len(upload.parts),
        "received": upload.received,
        "sent": job.done if job else 0,
        "job": {"state": job.state, "error": job.error_message} if job else None,
        "check": upload.check_for,
        "report": upload.report,
        "file_id": upload.file_id,
        "file_url": file_url(upload),
    }
