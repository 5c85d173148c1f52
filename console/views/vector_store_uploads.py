"""Files from a person's disk into a vector store: they come into the spool, then one job sends and attaches them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access, jobs, tasks
from console.forms.uploads import named
from console.forms.vector_stores import UploadedForm
from console.index.vector_stores import KIND
from console.models import Item, Job, Upload
from console.models.upload import Refused
from console.retrieval.uploads import KIND as JOB
from console.retrieval.work import NewFiles
from console.views import code_calls, code_follows, file_code
from console.views.activity import accepted
from console.views.code import Sample, setup
from console.views.code_calls import Variable, literal
from console.views.shared import form_page
from console.views.vector_store_files import EXAMPLE, attaching
from console.views.vector_stores import framed

PURPOSE = "assistants"


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """What has arrived for a store, and more; the same form sent again starts nothing twice."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    waiting = access.uploads_for(request.user).waiting_for(item.connection, store_id)
    if request.method != "POST":
        return page(request, item, UploadedForm(waiting=waiting))
    if code_follows.is_asked(request):
        form = UploadedForm(request.POST, code_follows.files(request), waiting=waiting)
        return code_follows.answered(request, form_as_code(item, form) if form.is_valid() else None)
    known = access.job_of_form(request.user, request.POST.get("key", ""))
    if known is not None:
        return accepted(request, known)
    form = UploadedForm(request.POST, request.FILES, waiting=waiting)
    chosen = wanted(request, item, form) if form.is_valid() else []
    if not chosen:
        return page(request, item, form)
    return accepted(request, start(request, item, form, chosen))


def page(request: HttpRequest, item: Item, form: UploadedForm) -> HttpResponse:
    samples = as_code(item, ["handbook.pdf"], EXAMPLE)
    context = {**framed(request, item), "form": form, "samples": samples, "purpose": PURPOSE}
    return form_page(request, "vector_store_files/upload.html", context, form)


def form_as_code(item: Item, form: UploadedForm) -> list[Sample]:
    clean = form.cleaned_data
    names = [form.waiting[key].name for key in clean["uploads"]]
    names += [named(clean["file"].name)] if clean["file"] else []
    asked = NewFiles("", ["file-…" for _ in names], clean["attributes"], form.cut)
    return as_code(item, names, asked)


def as_code(item: Item, names: Sequence[str], asked: NewFiles) -> list[Sample]:
    """Each file is sent, then all of them are attached together."""
    _, attached = attaching(item, asked)
    python = (
        f"{setup(item.connection)}file_ids = []\nfor name in {literal(list(names), 0)}:\n"
        f'    file = client.files.create(file=open(name, "rb"), purpose={literal(PURPOSE)})\n'
        "    file_ids.append(file.id)\n\n"
    )
    body = {**asked.body(), "file_ids": Variable("file_ids")}
    python += code_calls.python("vector_stores.file_batches.create", [item.remote_id], {}, body)
    sent = [file_code.form(item.connection, "/files", [f"purpose={PURPOSE}"], name) for name in names]
    return [
        Sample("Python", "python", python),
        Sample("curl", "curl", "\n\n".join([*sent, attached.text])),
    ]


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
