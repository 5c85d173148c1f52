"""Turning stored completions, those selected or all that a filter finds, into a dataset: a job."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access, datasets, tasks
from console.forms.datasets import DatasetForm
from console.index.stored_completions import KIND
from console.models import Item, Job, Selection
from console.models.upload import Refused
from console.views import code_calls, selecting
from console.views.activity import accepted
from console.views.shared import form_page
from console.views.stored_completions import LIST

MOST = 5000
"""Each costs one call for its messages, so that more would keep a worker busy for an hour."""


@dataclass(frozen=True)
class Chosen:
    """Of which completions a dataset is made: `keys` in order, `total` how many there were to choose from."""

    keys: list[int]
    total: int
    query: str = ""
    selection: str = ""

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.keys)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what is wanted; once that is confirmed, a job writes the lines into the spool."""
    access.require(request.user, "operate")
    if request.method == "POST" and "confirmed" not in request.POST:
        return asked(request)
    chosen = chosen_by(request)
    if not chosen.keys:
        messages.warning(request, "There is no stored completion to make a dataset of.")
        return redirect("stored-completions")
    connections = list(access.connections_for(request.user, may="operate").select_related("workspace"))
    is_confirmed = "confirmed" in request.POST
    [first] = access.items_by_key(request.user, KIND, chosen.keys[:1], may="read")
    form = DatasetForm(
        request.POST if is_confirmed else None,
        initial={} if first.connection.state == "failed" else {"connection": first.connection.slug},
        connections=connections,
    )
    job = started(request, form, chosen) if is_confirmed and form.is_valid() else None
    if job is not None:
        return accepted(request, job, job.url)
    context = {
        "form": form,
        "chosen": chosen,
        "most": MOST,
        "list_url": selecting.list_url(request, "stored-completions"),
        "action": action(request, chosen),
        "deployments": deployments(request),
        "samples": asking(first),
    }
    return form_page(request, "stored_completions/dataset.html", context, form)


def asking(item: Item) -> Any:
    """The call for the messages of the first of them as code."""
    url_path = code_calls.path("chat", "completions", item.remote_id, "messages")
    return code_calls.calling(
        item.connection, "chat.completions.messages.list", "GET", url_path, ids=[item.remote_id]
    )


def asked(request: HttpRequest) -> HttpResponse:
    """From the list to the page that asks: with what was ticked, or with all that the filter finds."""
    if "item" not in request.POST:
        return redirect(request.get_full_path())
    return selecting.frozen(request, KIND, list_name="stored-completions", noun=LIST.noun, may="read")


def chosen_by(request: HttpRequest) -> Chosen:
    """What is frozen, what came with a form that is confirmed already, or all that the filter finds."""
    if selecting.is_asking(request):
        return selected(request, selecting.selection_of(request))
    if "item" in request.POST:
        return selected(request, selecting.kept(request, selecting.ticked(request, noun=LIST.noun)))
    return matching(request)


def selected(request: HttpRequest, selection: Selection) -> Chosen:
    found = [item.pk for item in access.items_by_key(request.user, KIND, selection.keys, may="read")]
    return Chosen(found, len(found), selection=str(selection.pk))


def matching(request: HttpRequest) -> Chosen:
    """All that the filter of the list finds in its order, up to a bound."""
    asked = LIST.asked(request)
    rows = asked.narrow(access.items_for(request.user, KIND).present())
    keys = list(rows.values_list("pk", flat=True)[:MOST])
    total = rows.count() if len(keys) == MOST else len(keys)
    return Chosen(keys, total, asked.query())


def action(request: HttpRequest, chosen: Chosen) -> str:
    query = chosen.query
    if chosen.selection:
        query = "?" + urlencode({**request.GET.dict(), "selection": chosen.selection})
    return reverse("stored-completions-dataset") + query


def started(request: HttpRequest, form: DatasetForm, chosen: Chosen) -> Job | None:
    """Start the job, or find the one that this form started; None when the spool has no room."""
    clean: dict[str, Any] = form.cleaned_data
    try:
        with transaction.atomic():
            job, is_new = datasets.start(
                clean["connection"],
                request.user,
                key=clean["key"],
                name=clean["name"],
                shape=clean["shape"],
                items=chosen.keys,
            )
            if is_new:
                tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    except Refused as reason:
        form.add_error(None, str(reason))
        return None
    return job


def deployments(request: HttpRequest) -> list[str]:
    """Names to choose from when a batch is made."""
    rows = access.items_for(request.user, "deployment").present().order_by("name")
    return list(dict.fromkeys(rows.values_list("remote_id", flat=True)[:100]))
