"""Golden queries of a vector store: what it ought to find, and how well it does."""

import uuid
from functools import partial
from textwrap import indent
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access, tasks
from console.forms.golden import GoldenForm, RunForm
from console.index.vector_stores import KIND
from console.models import GoldenQuery, GoldenRun, Item
from console.retrieval import golden
from console.retrieval.contents import names
from console.v1 import vector_search
from console.views import code_calls, code_follows, object_page
from console.views.activity import accepted
from console.views.code import Sample, setup
from console.views.code_calls import Variable, literal
from console.views.shared import asks_for, form_page, wants_json
from console.views.vector_stores import framed

RUNS = 30


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """The golden queries and the runs of a store; a POST adds a query."""
    if request.method == "POST":
        access.connection_for(request.user, slug, may="operate")
    item = access.item_for(request.user, slug, KIND, store_id, may="read")
    form = GoldenForm(request.POST if request.method == "POST" else None, offered=golden.files_in(item))
    if form.is_bound and form.is_valid():
        clean = form.cleaned_data
        key = f"{request.user.pk}:{clean['key']}"
        GoldenQuery.add(item, query=clean["query"], expected=clean["expected"], key=key, user=request.user)
        messages.success(request, "Saved the golden query.")
        return redirect("vector-store-golden", slug, store_id)
    if wants_json(request) and not form.is_bound:
        queries, runs = GoldenQuery.objects.of(item), GoldenRun.objects.of(item)[:RUNS]
        told = {"data": [query_as_json(one) for one in queries], "runs": [as_json(one) for one in runs]}
        return JsonResponse(told)
    return shown(request, item, form, RunForm())


def shown(request: HttpRequest, item: Item, form: GoldenForm, run: RunForm) -> HttpResponse:
    queries = list(GoldenQuery.objects.of(item)[: golden.MOST])
    known = names(item.connection, [file for one in queries for file in one.expected])
    context = {
        **framed(request, item),
        "tab": "golden",
        "form": form,
        "run_form": run,
        "queries": [(one, [known.get(file, file) for file in one.expected]) for one in queries],
        "runs": GoldenRun.objects.of(item).select_related("job", "created_by")[:RUNS],
        "samples": as_code(item, [one.query for one in queries] or ["How do I …?"], **RunForm.usual()),
    }
    return form_page(request, "golden/index.html", context, form, run)


def as_code(item: Item, queries: list[str], **settings: Any) -> list[Sample]:
    """A search for each query."""
    url_path = code_calls.path("vector_stores", item.remote_id, "search")
    body = {**vector_search.body("", **settings), "query": Variable("query")}
    search = code_calls.python("vector_stores.search", [item.remote_id], {}, body)
    python = f"for query in {literal(queries, 0)}:\n{indent(search, '    ')}"
    curl = [
        code_calls.curl(item.connection, "POST", url_path, vector_search.body(one, **settings))
        for one in queries
    ]
    return [
        Sample("Python", "python", setup(item.connection) + python),
        Sample("curl", "curl", "\n\n".join(curl)),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, store_id: str, pk: uuid.UUID) -> HttpResponse:
    """Ask once, then delete a golden query."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    query = golden.query_of(item, pk)
    context = {**framed(request, item), "here": "Delete a golden query", "query": query}
    if page := object_page.question(request, "golden/delete.html", context):
        return page
    query.remove(item)
    messages.success(request, "Deleted the golden query. Earlier runs keep it.")
    return redirect("vector-store-golden", slug, store_id)


@require_POST
def start(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """Ask all golden queries in the background; each is billed as a search."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    form = RunForm(request.POST)
    if code_follows.is_asked(request):
        queries = [one.query for one in GoldenQuery.objects.of(item)[: golden.MOST]]
        told = as_code(item, queries, **form.settings()) if form.is_valid() and queries else None
        return code_follows.answered(request, told)
    if not form.is_valid():
        return shown(request, item, GoldenForm(offered=golden.files_in(item)), form)
    run = golden.start(item, request.user, form.settings(), key=form.cleaned_data["key"])
    transaction.on_commit(partial(tasks.run_job.delay, str(run.job_id)), robust=True)
    url = reverse("golden-run", args=[slug, store_id, run.pk])
    return accepted(request, run.job, url) if run.job else redirect(url)


@require_safe
def run(request: HttpRequest, slug: str, store_id: str, pk: uuid.UUID) -> HttpResponse:
    """A run, query by query, beside the one before."""
    item = access.item_for(request.user, slug, KIND, store_id, may="read")
    one = golden.run_of(item, pk)
    if wants_json(request):
        return JsonResponse({**as_json(one), "rows": one.rows})
    before = one.before
    context = {
        **framed(request, item),
        "tab": "golden",
        "run": one,
        "before": before,
        "lines": golden.lines(item, one, before),
        "is_open": one.job is not None and one.job.is_open,
    }
    part = asks_for(request, "run")
    return render(request, "golden/run.html#run" if part else "golden/run.html", context)


def query_as_json(one: GoldenQuery) -> dict[str, Any]:
    return {"id": one.pk, "query": one.query, "expected": one.expected, "created_at": one.created_at}


def as_json(one: GoldenRun) -> dict[str, Any]:
    return {
        "id": one.pk,
        "settings": one.settings,
        "store": one.store,
        "queries": len(one.rows),
        "recall": one.recall,
        "mrr": one.mrr,
        "created_at": one.created_at,
        "finished_at": one.finished_at,
    }
