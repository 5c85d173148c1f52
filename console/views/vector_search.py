"""The search bench of a vector store: one query, its filters, and what a model would be given."""

from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.forms.vector_search import SearchForm
from console.index.vector_stores import KIND
from console.models import Item
from console.outbound.limits import SEARCH
from console.retrieval import bench
from console.retrieval.bench import Shown, Side
from console.retrieval.contents import attribute_names
from console.v1 import vector_search
from console.views import code_calls, code_follows
from console.views.code import Sample
from console.views.shared import asks_for, form_page, wants_json
from console.views.vector_stores import framed


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """The bench; a POST searches, which is billed and counts as use of the store. An address only fills the form."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    others = bench.stores(access.items_for(request.user, KIND), item)
    posted = request.POST if request.method == "POST" else None
    form = SearchForm(posted, initial=request.GET.dict() if posted is None else None, stores=others)
    if code_follows.is_asked(request):
        return code_follows.answered(request, as_code(request, item, form) if form.is_valid() else None)
    context = {**framed(request, item), "form": form, "tab": "search", "limit": SEARCH.total}
    context["samples"] = searching(item, vector_search.body("How do I …?", **SearchForm.usual()))
    part = asks_for(request, "bench")
    template = "vector_search/index.html#bench" if part else "vector_search/index.html"
    if not form.is_bound or not form.is_valid():
        return form_page(request, template, context, form)
    body = form.body()
    sides = bench.search([item, *beside(request, form)], request.user, body)
    status = 200 if part else status_of(sides)
    if wants_json(request):
        return JsonResponse({"request": body, "stores": [as_json(one) for one in sides]}, status=status)
    context |= {"sides": sides, "samples": as_code(request, item, form)}
    response = render(request, template, context, status=status)
    if part:
        response.headers["HX-Push-Url"] = pushed(request, form.address())
    return response


@require_safe
def attributes(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """The attributes that filters can go by, as the resource has them now: suggestions for the bench."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    names = attribute_names(item.connection, request.user, item.remote_id)
    if wants_json(request):
        return JsonResponse({"data": names})
    return render(request, "vector_search/index.html#attributes", {"names": names})


def pushed(request: HttpRequest, query: str) -> str:
    """The address after a search; "false" pushes none where it is there already."""
    address = request.path + query
    return "false" if request.htmx.current_url_abs_path == address else address  # type: ignore[attr-defined]


def beside(request: HttpRequest, form: SearchForm) -> list[Item]:
    """The second store, if one was chosen; it too must be one that this person may use."""
    slug, _, store_id = form.cleaned_data["against"].partition("/")
    return [access.item_for(request.user, slug, KIND, store_id, may="operate")] if slug else []


def status_of(sides: list[Side]) -> int:
    """That of the error when no store answered."""
    errors = [side.error for side in sides if side.error]
    return errors[0].page_status if len(errors) == len(sides) else 200


def as_code(request: HttpRequest, item: Item, form: SearchForm) -> list[Sample]:
    """The search of the store, and that of the one beside it."""
    body = form.body()
    others = [code_calls.titled("Beside", searching(one, body)) for one in beside(request, form)]
    return [*searching(item, body), *chain(*others)]


def searching(item: Item, body: dict[str, Any]) -> list[Sample]:
    url_path = code_calls.path("vector_stores", item.remote_id, "search")
    return code_calls.calling(
        item.connection, "vector_stores.search", "POST", url_path, ids=[item.remote_id], body=body
    )


def as_json(side: Side) -> dict[str, Any]:
    error = side.error
    return {
        "connection": side.item.connection.slug,
        "store": side.item.remote_id,
        "seconds": round(side.seconds, 3),
        "queries": list(side.found.queries) if side.found else [],
        "error": {"kind": error.kind, "message": error.message} if error else None,
        "results": [result_as_json(one) for one in side.results],
    }


def result_as_json(one: Shown) -> dict[str, Any]:
    return {
        "rank": one.rank,
        "score": one.hit.score,
        "file_id": one.hit.file_id,
        "filename": one.name,
        "attributes": dict(one.hit.attributes),
        "text": one.text,
    }
