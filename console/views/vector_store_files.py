"""The files of a vector store: how far each is, what was taken from it, adding and taking out."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access
from console.forms.pairs import lines
from console.forms.vector_stores import AttachForm, AttributesForm, attributes_seen
from console.index.vector_stores import KIND
from console.models import Item, Job
from console.retrieval import contents, work
from console.retrieval.contents import Batch, Contents, Held
from console.retrieval.work import NewFiles
from console.v1 import vector_store_files
from console.v1.vector_store_files import STATUSES
from console.views import code_calls, code_follows, new_page
from console.views.code import Sample
from console.views.shared import BadQuery, asks_for, form_page, wants_json
from console.views.vector_stores import framed

EXAMPLE = NewFiles("", ["file-…"], {"team": "data"})


@require_safe
def index(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """The files of a store as they are now; the part asks again while some are being taken in.

    With `?names=1` the list of the connection's files is read first, as the part asks where a name is missing.
    """
    item = access.item_for(request.user, slug, KIND, store_id, may="read")
    status, after = request.GET.get("status", ""), request.GET.get("after", "")[:256]
    if status and status not in STATUSES:
        raise BadQuery(f"“status” can be {', '.join(sorted(STATUSES))}, not “{status[:40]}”.")
    if "names" in request.GET:
        contents.read_names(item.connection)
    found = contents.look(item.connection, request.user, store_id, status=status, after=after)
    part = asks_for(request, "live")
    if found.error is not None and not part:
        raise found.error
    if wants_json(request):
        rows = [as_json(one) for one in found.files]
        return JsonResponse({"data": rows, "next": found.next, "ingesting": found.is_ingesting})
    context = {**framed(request, item), "found": found, "status": status, "after": after, "tab": "files"}
    context |= {"statuses": sorted(STATUSES), "again": again(item, found, status, after)}
    template = "vector_store_files/_live.html" if part else "vector_store_files/index.html"
    return render(request, template, {**context, "part": part})


def again(item: Item, found: Contents, status: str, after: str) -> dict[str, str]:
    """When the part asks again, and under which address; nothing where it has all that there is."""
    naming = contents.naming(item.connection, found.files)
    is_coming = naming is not None and (naming.is_outdated or naming.is_running)
    if found.is_ingesting and not after:
        trigger = "every 2s"
    elif is_coming:
        trigger = "load delay:1s" if naming and naming.is_running else "load"
    else:
        return {}
    asked = {"status": status, "after": after, "names": "1" if is_coming else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    url = reverse("vector-store-files", args=[item.connection.slug, item.remote_id])
    return {"trigger": trigger, "url": f"{url}?{query}" if query else url}


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """Add files as one batch; the same form sent again adds nothing twice."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    offered = contents.offered(item.connection, request.GET.get("q", ""))
    form = AttachForm(request.POST if request.method == "POST" else None, offered=offered)

    def made(job: Job) -> HttpResponse:
        messages.success(request, "The files are being taken in.")
        return redirect("vector-store-batch", slug, store_id, job.outcome["batch"])

    return new_page.making(
        request,
        "vector_store_files/attach.html",
        {**framed(request, item), "q": request.GET.get("q", ""), "samples": attaching(item)},
        form,
        code=lambda: attaching(item, form.asked()),
        make=lambda: work.attach(item.connection, request.user, store_id, item.name, form.asked()),
        made=made,
    )


def attaching(item: Item, asked: NewFiles = EXAMPLE) -> Any:
    return code_calls.calling(
        item.connection,
        "vector_stores.file_batches.create",
        "POST",
        code_calls.path("vector_stores", item.remote_id, "file_batches"),
        ids=[item.remote_id],
        body=asked.body(),
    )


@require_safe
def batch(request: HttpRequest, slug: str, store_id: str, batch_id: str) -> HttpResponse:
    """How far a batch is, file by file."""
    item = access.item_for(request.user, slug, KIND, store_id, may="read")
    after = request.GET.get("after", "")[:256]
    found = contents.look_at_batch(item.connection, request.user, store_id, batch_id, after=after)
    if wants_json(request):
        return JsonResponse(batch_as_json(found))
    part = asks_for(request, "live")
    context = {**framed(request, item), "found": found, "after": after, "part": part}
    context["samples"] = stopping(item, batch_id)
    template = "vector_store_files/batch.html#live" if part else "vector_store_files/batch.html"
    return render(request, template, context)


def stopping(item: Item, batch_id: str) -> Any:
    return code_calls.calling(
        item.connection,
        "vector_stores.file_batches.cancel",
        "POST",
        code_calls.path("vector_stores", item.remote_id, "file_batches", batch_id, "cancel"),
        ids=[batch_id],
        named={"vector_store_id": item.remote_id},
    )


@require_POST
def cancel(request: HttpRequest, slug: str, store_id: str, batch_id: str) -> HttpResponse:
    """Stop a batch: what is taken in already stays."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    with item.connection.client(request.user) as client:
        vector_store_files.cancel_batch(client, store_id, batch_id)
    messages.success(request, "Stopped. Files that were taken in already stay.")
    return redirect("vector-store-batch", slug, store_id, batch_id)


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, slug: str, store_id: str, file_id: str) -> HttpResponse:
    """A file of a store, and the text that was taken from it, chunk by chunk."""
    item = access.item_for(request.user, slug, KIND, store_id, may="read")
    found = contents.look_at_file(item.connection, request.user, store_id, file_id)
    if wants_json(request):
        texts = list(found.text.texts) if found.text else []
        return JsonResponse({**as_json(found.held), "chunks": texts, "raw": found.held.file.raw})
    now = found.held.file.attributes
    form = AttributesForm(initial={"attributes": lines(now), "seen": attributes_seen(now)})
    return render(request, "vector_store_files/show.html", file_page(request, item, found, form))


def file_page(request: HttpRequest, item: Item, found: Any, form: AttributesForm) -> dict[str, Any]:
    file = found.held.file
    samples = as_code(item, file.id, vector_store_files.changes(file.attributes))
    return {**framed(request, item), "found": found, "form": form, "samples": samples}


def as_code(item: Item, file_id: str, changes: dict[str, Any]) -> list[Sample]:
    """What the page of a file in a store does: read its text, save its attributes, take it out."""

    def calling(verb: str, method: str, *below: str, body: dict[str, Any] | None = None) -> list[Sample]:
        return code_calls.calling(
            item.connection,
            f"vector_stores.files.{verb}",
            method,
            code_calls.path("vector_stores", item.remote_id, "files", file_id, *below),
            ids=[file_id],
            named={"vector_store_id": item.remote_id},
            body=body,
        )

    return [
        *calling("content", "GET", "content"),
        *code_calls.titled("Save", calling("update", "POST", body=changes)),
        *code_calls.titled("Detach", calling("delete", "DELETE")),
    ]


@require_POST
def attributes(request: HttpRequest, slug: str, store_id: str, file_id: str) -> HttpResponse:
    """Replace the attributes of a file in a store; who comes second gets both versions (409)."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    form = AttributesForm(request.POST)
    if code_follows.is_asked(request):
        told = as_code(item, file_id, form.body()) if form.is_valid() else None
        return code_follows.answered(request, told)
    found = contents.look_at_file(item.connection, request.user, store_id, file_id)
    if not form.is_valid():
        return form_page(request, "vector_store_files/show.html", file_page(request, item, found, form), form)
    theirs = found.held.file.attributes
    if form.cleaned_data["seen"] not in ("", attributes_seen(theirs)):
        mine = AttributesForm(
            initial={"attributes": request.POST["attributes"], "seen": attributes_seen(theirs)}
        )
        page = {**file_page(request, item, found, mine), "theirs": lines(theirs)}
        return render(request, "vector_store_files/show.html", page, status=409)
    with item.connection.client(request.user) as client:
        vector_store_files.update(client, store_id, file_id, form.body())
    messages.success(request, "Changed the attributes.")
    return redirect("vector-store-file", slug, store_id, file_id)


@require_POST
def detach(request: HttpRequest, slug: str, store_id: str, file_id: str) -> HttpResponse:
    """Take a file out of a store; the file itself stays."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    with item.connection.client(request.user) as client:
        was_there = vector_store_files.detach(client, store_id, file_id)
    said = "Taken out. The file itself stays." if was_there else "It was out already."
    messages.success(request, said)
    return redirect("vector-store", slug, store_id)


def as_json(one: Held) -> dict[str, Any]:
    file = one.file
    return {
        "id": file.id,
        "name": one.name,
        "status": file.status,
        "bytes": file.size,
        "error": {"code": file.problem.code, "message": file.problem.message} if file.problem else None,
        "chunking": file.chunking.json() if file.chunking else None,
        "attributes": dict(file.attributes),
        "created_at": file.created,
    }


def batch_as_json(found: Batch) -> dict[str, Any]:
    one = found.batch
    return {
        "id": one.id,
        "status": one.status,
        "files": {name: getattr(one.counts, name) for name in one.counts.__dataclass_fields__},
        "created_at": one.created,
        "data": [as_json(row) for row in found.files],
        "next": found.next,
    }
