"""Two runs of an eval side by side: what improved, what worsened, and whether that can be chance."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console import access
from console.evaluation import known
from console.evaluation.comparing import MOST_ITEMS, ByCriterion, Comparison, Pair, compare
from console.index.eval_runs import KIND as RUN
from console.index.evals import KIND
from console.models import Item
from console.outbound.json_text import clean_text
from console.views.eval_rows import RunRow
from console.views.evals import framed
from console.views.shared import BadQuery, asks_for, wants_json

CHANGES = {
    "": "All",
    "changed": "Changed",
    "improved": "Improved",
    "worsened": "Worsened",
    "same": "Same",
    "unknown": "No verdict",
}
SIZE = 50


@require_safe
def index(request: HttpRequest, slug: str, eval_id: str) -> HttpResponse:
    """The runs `?run=` and `?run=`, the first as it was before; their items by a part of the page."""
    item = access.item_for(request.user, slug, KIND, eval_id, may="read")
    offered = [RunRow(one) for one in known.runs_of(item)]
    chosen = chosen_runs(request, item, offered)
    change, criterion = asked(request)
    context: dict[str, Any] = {
        **framed(request, item),
        "offered": offered,
        "sides": [(0, "First run"), (1, "Second run")],
        "chosen": chosen,
        "left_out": max(len(set(request.GET.getlist("run"))) - 2, 0),
        "compare_url": reverse("eval-compare", args=[slug, eval_id]),
        "here": {"run": [row.item.remote_id for row in chosen], "change": change, "criterion": criterion},
    }
    context["read_url"] = address(context, page=number(request), read="1")
    part = asks_for(request, "comparison")
    if len(chosen) == 2 and (part or wants_json(request) or "read" in request.GET):
        first, second = (row.item.remote_id for row in chosen)
        with item.connection.client(request.user) as client:
            found = compare(client, eval_id, first, second)
        if wants_json(request):
            return JsonResponse(as_json(found, change, criterion))
        context |= shown(context, found, number(request))
    template = "evals/_comparison.html" if part else "evals/compare.html"
    return render(request, template, context)


def chosen_runs(request: HttpRequest, item: Item, offered: list[RunRow]) -> list[RunRow]:
    """The two runs that the address names, filled up with the newest that have ended and judged something.

    The older comes first where `?order=time` asks for it, or none is named.
    """
    wanted = list(dict.fromkeys(clean_text(one)[:200] for one in request.GET.getlist("run")))[:2]
    slug = item.connection.slug
    found = [RunRow(access.item_for(request.user, slug, RUN, one, may="read")) for one in wanted]
    if any(row.run.eval != item.remote_id for row in found):
        raise BadQuery("Only runs of this eval can be compared here.")
    others = [row for row in offered if row.run.has_ended and row.rate is not None]
    found += [row for row in others if row.item.remote_id not in wanted][: 2 - len(found)]
    if not wanted or request.GET.get("order") == "time":
        found.sort(key=lambda row: row.run.created.timestamp() if row.run.created else 0.0)
    return found


def asked(request: HttpRequest) -> tuple[str, str]:
    change = request.GET.get("change", "")
    if change not in CHANGES:
        raise BadQuery(f"Rows are filtered by {', '.join(filter(None, CHANGES))}, not by “{change[:40]}”.")
    return change, clean_text(request.GET.get("criterion", ""))[:300]


def number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1


def address(context: dict[str, Any], **more: Any) -> str:
    """This comparison with some of its parts changed; what is empty is left out."""
    parts = {name: value for name, value in {**context["here"], **more}.items() if value not in ("", 1)}
    return f"{context['compare_url']}?{urlencode(parts, doseq=True)}"


def shown(context: dict[str, Any], found: Comparison, page: int) -> dict[str, Any]:
    change, criterion = context["here"]["change"], context["here"]["criterion"]
    rows = found.narrowed(change, criterion)
    begin = (page - 1) * SIZE
    return {
        "found": found,
        "is_read": True,
        "most_items": MOST_ITEMS,
        "rows": [Line(context["chosen"], pair, criterion) for pair in rows[begin : begin + SIZE]],
        "row_count": len(rows),
        "filters": [
            (title, address(context, change=name, read="1"), name == change)
            for name, title in CHANGES.items()
        ],
        "by": [("All criteria", address(context, criterion="", read="1"), criterion == "")]
        + [
            (one.name, address(context, criterion=one.name, read="1"), one.name == criterion)
            for one in found.criteria
        ],
        "previous_url": address(context, page=page - 1, read="1") if page > 1 else "",
        "next_url": address(context, page=page + 1, read="1") if begin + SIZE < len(rows) else "",
    }


class Line:
    """A row of the data as both runs judged it, with the pages of both items; `place` counts from 1 on."""

    def __init__(self, runs: list[RunRow], pair: Pair, criterion: str) -> None:
        self.pair = pair
        self.place = pair.number + 1
        self.change = pair.change(criterion)
        passed, scores = pair.passed(criterion), pair.scores(criterion)
        self.sides = [
            {
                "url": reverse("eval-item", args=[row.item.connection.slug, row.item.remote_id, each.id]),
                "state": {True: "passed", False: "failed"}.get(verdict, "") if verdict is not None else "",
                "score": score,
                "answer": each.answer,
                "name": row.item.name,
            }
            for row, each, verdict, score in zip(runs, (pair.before, pair.after), passed, scores, strict=True)
        ]

    @property
    def tone(self) -> str:
        return {"improved": "ok", "worsened": "bad"}.get(self.change, "neutral")


def as_json(found: Comparison, change: str, criterion: str) -> dict[str, Any]:
    rows = found.narrowed(change, criterion)
    return {
        "rows": len(found.pairs),
        "only_in_one": found.lonely,
        "different_data": found.different_data,
        "is_cut": found.is_cut,
        "all": told(found.whole),
        "criteria": {one.name: told(one) for one in found.criteria},
        "data": [
            {"row": pair.number, "change": pair.change(criterion), "items": [pair.before.id, pair.after.id]}
            for pair in rows
        ],
    }


def told(one: ByCriterion) -> dict[str, Any]:
    verdicts = one.verdicts
    return {
        "improved": verdicts.ups,
        "worsened": verdicts.downs,
        "same": verdicts.same,
        "pass_rates": one.rates,
        "p": verdicts.p,
        "sentence": verdicts.sentence,
        "mean_scores": one.means,
        "score_p": one.scores.p,
    }
