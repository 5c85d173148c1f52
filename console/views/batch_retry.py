"""Repeating only the lines of a batch that failed, for chosen causes, as a new batch."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access, tasks
from console.batching import related, results, retrying
from console.batching.changing import Changes
from console.batching.store import Store
from console.forms.batches import RetryForm
from console.index.batches import KIND
from console.models import Item
from console.models.upload import Refused
from console.v1.batches import Batch
from console.views import code_calls, code_follows
from console.views.activity import accepted
from console.views.batch_code import starting
from console.views.batch_results import results_url
from console.views.batches import framed, row_of
from console.views.code import Sample, header, setup
from console.views.code_calls import literal
from console.views.shared import form_page

Told = list[str] | None
"""Code and message of what lines failed for; None of those that got no answer."""

CAUSE = """def cause(result):
    response = result.get("response") or {}
    error = result.get("error") or (response.get("body") or {}).get("error") or {}
    code = error.get("code") or response.get("status_code") or "no_answer"
    return [str(code), (error.get("message") or "")[:300]]


"""
CAUSE_IN_JQ = (
    "(reduce $output[] as $one ({}; ($one.error // $one.response.body.error // {}) as $error"
    ' | .[$one.custom_id] = [($error.code // $one.response.status_code // "no_answer" | tostring),'
    ' ($error.message // "")[:300]])) as $causes |'
)


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: HttpRequest, slug: str, batch_id: str) -> HttpResponse:
    """Choose the lines, then look at the draft of the batch that repeats them."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="operate")
    store = results.stored(item, row_of(item).batch)
    if store is None:
        messages.info(request, "The results are read first; then choose which lines to repeat.")
        return redirect(results_url(item))
    form = form_of(request, item, store)
    if code_follows.is_asked(request):
        told = repeating(item, form.again().changes, form.told_causes()) if form.is_valid() else None
        return code_follows.answered(request, told)
    if form.is_bound and form.is_valid():
        answer = drafted(request, item, form)
        if answer is not None:
            return answer
    context = {
        **framed(request, item),
        "form": form,
        "deployments": related.deployments(item.connection),
        "samples": repeating(item, Changes()),
    }
    return form_page(request, "batches/retry.html", context, form)


def form_of(request: HttpRequest, item: Item, store: Store) -> RetryForm:
    return RetryForm(
        request.POST if request.method == "POST" else None,
        store=store,
        endpoint=row_of(item).batch.endpoint,
        provider=item.connection.kind,
    )


def drafted(request: HttpRequest, item: Item, form: RetryForm) -> HttpResponse | None:
    """The draft under way; None when there is no room, which the form then says."""
    key = form.cleaned_data["key"]
    try:
        with transaction.atomic():
            job = retrying.start(item, request.user, row_of(item).batch, form.again(), key=key)
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    except Refused as reason:
        form.add_error(None, str(reason))
        return None
    return accepted(request, job, reverse("batch-draft", args=[item.connection.slug, job.pk]))


def repeating(item: Item, changes: Changes, causes: Sequence[Told] = ()) -> list[Sample]:
    """Collecting lines into a file, with the changes, and what then becomes of it.

    `causes` as `RetryForm.told_causes`; without any these are all lines that have no good answer.
    """
    connection, batch, name = item.connection, row_of(item).batch, retrying.file_name(item)
    python, curl = starting(connection, name, retrying.repeating(item, batch))
    begin = setup(connection)
    members = replace(changes, provider=connection.kind).told(batch.endpoint, {"model": batch.model})
    return [
        replace(
            python,
            text=f"{begin}{in_python(batch, name, members, causes)}\n{python.text.removeprefix(begin)}",
        ),
        replace(curl, text=f"{in_a_shell(item, batch, name, members, causes)}\n\n{curl.text}"),
    ]


def in_python(batch: Batch, name: str, members: dict[str, Any], causes: Sequence[Told]) -> str:
    def lines(file_id: str) -> str:
        return f"client.files.content({json.dumps(file_id)}).read().splitlines()"

    parts = [f"*map(json.loads, {lines(one)})" for one in (batch.output_file, batch.error_file) if one]
    if causes:
        known = f"{CAUSE}results = [{', '.join(parts)}]\n"
        known += 'causes = {one["custom_id"]: cause(one) for one in results}\n'
        known += f"chosen = {literal(causes, 0)}\n"
        condition = 'causes.get(row["custom_id"]) in chosen'
    else:
        output = f"map(json.loads, {lines(batch.output_file)})" if batch.output_file else "[]"
        known = f"output = {output}\n"
        known += 'answered = {one["custom_id"] for one in output if one["response"]["status_code"] == 200}\n'
        condition = 'row["custom_id"] not in answered'
    change = f'            row["body"] |= {members!r}\n            line = json.dumps(row).encode()\n'
    return (
        "import json\n\n"
        f"{known}"
        f'with open({json.dumps(name)}, "wb") as lines:\n'
        f"    for line in {lines(batch.input_file)}:\n"
        "        row = json.loads(line)\n"
        f"        if {condition}:\n"
        f"{change if members else ''}"
        '            lines.write(line + b"\\n")\n'
    )


def in_a_shell(item: Item, batch: Batch, name: str, members: dict[str, Any], causes: Sequence[Told]) -> str:
    def fetch(file_id: str, into: str) -> str:
        url = shlex.quote(item.connection.url + code_calls.path("files", file_id, "content"))
        return f"curl {url} -H {header(item.connection)} -o {into}"

    output = fetch(batch.output_file, "output.jsonl") if batch.output_file else ": > output.jsonl"
    keep = "select(.custom_id | IN($output[] | select(.response.status_code == 200).custom_id) | not)"
    if causes:
        errors = f"{fetch(batch.error_file, 'errors.jsonl')}\ncat errors.jsonl >> output.jsonl"
        output = f"{output}\n{errors}" if batch.error_file else output
        chosen = ", ".join(json.dumps(one, ensure_ascii=False) for one in causes)
        keep = f"{CAUSE_IN_JQ} select($causes[.custom_id] | IN({chosen}))"
    keep += f" | .body += {json.dumps(members)}" if members else ""
    collect = f"jq -c --slurpfile output output.jsonl {shlex.quote(keep)} input.jsonl > {shlex.quote(name)}"
    return f"{output}\n{fetch(batch.input_file, 'input.jsonl')}\n{collect}"
