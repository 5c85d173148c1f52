"""The files of a container: put in, kept and deleted."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from console import access, container_jobs
from console.forms.containers import AddFilesForm
from console.forms.uploads import named
from console.index.containers import KIND
from console.models import Item, Job, Upload
from console.models.upload import Refused
from console.retrieval import contents
from console.v1 import containers
from console.views import code_calls, code_follows, file_code, object_page
from console.views.activity import accepted
from console.views.code import Sample, setup
from console.views.code_calls import Variable, literal
from console.views.containers import framed
from console.views.downloads import attachment
from console.views.shared import failure_of, form_page, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str, container_id: str) -> HttpResponse:
    """Put files of the resource into a container, or a small one from this computer; once a form."""
    item = access.item_for(request.user, slug, KIND, container_id, may="operate")
    is_sent = request.method == "POST"
    offered = contents.offered(item.connection)
    if code_follows.is_asked(request):
        form = AddFilesForm(request.POST, code_follows.files(request), offered=offered)
        return code_follows.answered(request, form_as_code(item, form) if form.is_valid() else None)
    form = AddFilesForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, offered=offered
    )
    job = put_in(request, item, form) if is_sent and form.is_valid() else None
    if job is None:
        return adding(request, item, form)
    if error := failure_of(request, job):
        return adding(request, item, form.renewed(), status=error.page_status, error=error)
    if job.is_open:
        return accepted(request, job)
    if wants_json(request):
        return JsonResponse({"added": job.outcome.get("added", [])}, status=201)
    messages.success(request, f"{job.title}: done.")
    return redirect("container", slug, container_id)


def put_in(request: HttpRequest, item: Item, form: AddFilesForm) -> Job | None:
    """Do it; None when the spool has no room, which the form then says."""
    key, file = form.cleaned_data["key"], form.cleaned_data["file"]
    if not file:
        return container_jobs.attach(item, request.user, key=key, file_ids=form.cleaned_data["wanted"])
    try:
        spooled = Upload.take(
            file.read(),
            owner=request.user,
            connection=item.connection,
            workspace=item.connection.workspace,
            name=named(file.name),
            purpose="container",
        )
    except Refused as reason:
        form.add_error("file", str(reason))
        return None
    job = container_jobs.upload(item, request.user, key=key, spooled=spooled)
    if job.arguments["upload"] != str(spooled.pk):
        spooled.end(Upload.State.CANCELLED)
    return job


def adding(
    request: HttpRequest, item: Item, form: Any, *, status: int = 0, error: Any = None
) -> HttpResponse:
    samples = as_code(item, ["file-…"])
    context = {**framed(request, item), "form": form, "samples": samples, "error": error, "here": "Add files"}
    return form_page(request, "containers/add.html", context, form, status=status)


def form_as_code(item: Item, form: AddFilesForm) -> list[Sample]:
    file = form.cleaned_data["file"]
    return as_code(item, form.cleaned_data["wanted"], named(file.name) if file else "")


def as_code(item: Item, file_ids: Sequence[str], name: str = "") -> list[Sample]:
    """One call a file: those of the resource by their ids, that from this computer by its `name`."""
    url_path = code_calls.path("containers", item.remote_id, "files")
    given: list[dict[str, str]] = [{"file_id": one} for one in file_ids]
    if name:
        given.append({"file": Variable(f'open({literal(name)}, "rb")')})
    python = [code_calls.python("containers.files.create", [item.remote_id], {}, one) for one in given]
    curl = [file_code.form(item.connection, url_path, [f"file_id={one}"]) for one in file_ids]
    if name:
        curl.append(file_code.form(item.connection, url_path, [], name))
    return [
        Sample("Python", "python", setup(item.connection) + "\n".join(python)),
        Sample("curl", "curl", "\n\n".join(curl)),
    ]


@require_GET
def download(request: HttpRequest, slug: str, container_id: str, file_id: str) -> StreamingHttpResponse:
    """A file of a container as it comes, to be saved and never to be shown."""
    item = access.item_for(request.user, slug, KIND, container_id, may="read")
    with ExitStack() as stack:
        client = stack.enter_context(item.connection.client(request.user))
        file = containers.get_file(client, container_id, file_id)
        content = stack.enter_context(
            containers.taken(client, container_id, file_id, size=file.size, label=file.name)
        )
        return attachment(content.pieces, file.name, closing=stack.pop_all(), size=content.size)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, container_id: str, file_id: str) -> HttpResponse:
    """Ask once, then delete a file of a container."""
    item = access.item_for(request.user, slug, KIND, container_id, may="operate")
    with item.connection.client(request.user) as client:
        file = containers.get_file(client, container_id, file_id)
        samples = code_calls.calling(
            item.connection,
            "containers.files.delete",
            "DELETE",
            code_calls.path("containers", container_id, "files", file_id),
            ids=[file_id],
            named={"container_id": container_id},
        )
        context = {**framed(request, item), "file": file, "here": "Delete a file", "samples": samples}
        if page := object_page.question(request, "containers/delete_file.html", context):
            return page
        was_there = containers.delete_file(client, container_id, file_id, label=file.name)
    to = context["row"].url
    return object_page.gone(request, was_there=was_there, said=f"Deleted {file.name}.", to=to)
