"""The items of a run: filtered and paged, and one of them with all that was said of it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from console import access
from console.evaluation import known
from console.evaluation.items import MOST_BESIDE, Found, Near, Wanted, beside, find
from console.index.eval_runs import KIND
from console.models import Item
from console.outbound.json_text import clean_text
from console.v1 import eval_runs
from console.v1.eval_runs import OutputItem
from console.views import code_calls
from console.views.eval_runs import framed
from console.views.shared import BadQuery, asks_for, wants_json

STATUSES = {"pass": "Passed", "fail": "Failed", "error": "Errors"}
MOST_TEXT = 200
WITHOUT = {
    "end": "None {}",
    "far": f"None among the {MOST_BESIDE} {{}}",
    "untold": "What stands {} is not told",
}


class ItemRow:
    """An item as the table shows it."""

    def __init__(self, run: Item, one: OutputItem, wanted: Wanted) -> None:
        self.one = one
        self.url = item_url(run, one.id, wanted)

    @property
    def place(self) -> int | None:
        """The place in the data as people count, from 1 on."""
        return None if self.one.number is None else self.one.number + 1

    @property
    def state(self) -> str:
        return {"pass": "passed", "fail": "failed"}.get(self.one.status, self.one.status)

    @property
    def summary(self) -> str:
        """The row of the data in one line: the first texts in it."""
        texts = [str(value) for value in self.one.item.values() if isinstance(value, str | int | float)]
        return Truncator(" · ".join(texts)).chars(MOST_TEXT)

    @property
    def answer(self) -> str:
        return Truncator(" ".join(text for _, text in self.one.sample.output)).chars(MOST_TEXT)


@require_safe
def index(request: HttpRequest, slug: str, run_id: str) -> HttpResponse:
    """The items that fit `?status=`, `?criterion=` and `?q=`, a page from `?after=` on."""
    run = access.item_for(request.user, slug, KIND, run_id, may="read")
    wanted = asked(request)
    after = clean_text(request.GET.get("after", ""))[:200]
    eval_id = known.run_of(run).eval
    with run.connection.client(request.user) as client:
        found = find(client, eval_id, run_id, wanted, after=after)
    if wants_json(request):
        data = [dict(one.raw) for one in found.items]
        return JsonResponse({"data": data, "after": found.after, "looked_at": found.looked_at})
    context = {**framed(request, run), **shown(run, wanted, found, after)}
    if asks_for(request, "items"):
        return render(request, "eval_items/_table.html", context)
    samples = code_calls.calling(
        run.connection,
        "evals.runs.output_items.list",
        "GET",
        code_calls.path("evals", eval_id, "runs", run_id, "output_items"),
        ids=[run_id],
        named={"eval_id": eval_id},
    )
    return render(request, "eval_items/index.html", {**context, "samples": samples})


def asked(request: HttpRequest) -> Wanted:
    """What the address asks for. Raises BadQuery for a status that does not exist."""
    status = request.GET.get("status", "")
    if status and status not in STATUSES:
        raise BadQuery(f"Items are filtered by {', '.join(STATUSES)}, not by “{status[:40]}”.")
    criterion = clean_text(request.GET.get("criterion", ""))[:300]
    return Wanted(status, criterion, clean_text(request.GET.get("q", ""))[:200].strip())


def shown(run: Item, wanted: Wanted, found: Found, after: str) -> dict[str, Any]:
    kept = narrowed(wanted)
    url = reverse("eval-items", args=[run.connection.slug, run.remote_id])
    return {
        "wanted": wanted,
        "found": found,
        "rows": [ItemRow(run, one, wanted) for one in found.items],
        "items_url": url,
        "statuses": STATUSES,
        "is_first": not after,
        "first_url": first_url(run, wanted),
        "next_url": f"{url}?{urlencode({**kept, 'after': found.after})}" if found.after else "",
    }


def narrowed(wanted: Wanted) -> dict[str, str]:
    chosen = {"status": wanted.status, "criterion": wanted.criterion, "q": wanted.q}
    return {name: value for name, value in chosen.items() if value}


def first_url(run: Item, wanted: Wanted) -> str:
    url = reverse("eval-items", args=[run.connection.slug, run.remote_id])
    return f"{url}?{urlencode(narrowed(wanted))}"


def item_url(run: Item, item_id: str, wanted: Wanted) -> str:
    url = reverse("eval-item", args=[run.connection.slug, run.remote_id, item_id])
    return f"{url}?{urlencode(narrowed(wanted))}".rstrip("?")


@require_safe
def show(request: HttpRequest, slug: str, run_id: str, item_id: str) -> HttpResponse:
    """One item in full: the row, what was asked and answered, and what each criterion says."""
    run = access.item_for(request.user, slug, KIND, run_id, may="read")
    eval_id = known.run_of(run).eval
    with run.connection.client(request.user) as client:
        one = eval_runs.get_item(client, eval_id, run_id, item_id)
        if wants_json(request):
            return JsonResponse(dict(one.raw))
        wanted = asked(request)
        near = beside(client, eval_id, run_id, one, wanted)
    context = {
        **framed(request, run),
        "one": one,
        **ways(run, near, wanted),
        "output_item": ItemRow(run, one, wanted),
        "fields": list(one.item.items()),
        "samples": code_calls.calling(
            run.connection,
            "evals.runs.output_items.retrieve",
            "GET",
            code_calls.path("evals", eval_id, "runs", run_id, "output_items", item_id),
            ids=[item_id],
            named={"eval_id": eval_id, "run_id": run_id},
        ),
    }
    return render(request, "eval_items/show.html", context)


def ways(run: Item, near: tuple[Near, Near], wanted: Wanted) -> dict[str, Any]:
    """To the items beside one, or why there is no way."""
    told: dict[str, Any] = {"wanted": wanted, "fitting_url": first_url(run, wanted)}
    for side, one in zip(("before", "after"), near, strict=True):
        told[f"{side}_url"] = item_url(run, one.id, wanted) if one.id else ""
        told[f"{side}_none"] = WITHOUT[one.why].format(side) if one.why else ""
    return told
