"""What pages of forms that make something share: it is made once, and a resource that refuses leaves what was typed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from console.forms.keyed import KeyedForm
from console.models import Item, Job
from console.views import code_follows
from console.views.activity import accepted
from console.views.code import Sample
from console.views.shared import failure_of, form_page, wants_json
from console.views.shown_kinds import url_of


def making(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    form: KeyedForm,
    *,
    code: Callable[[], Sequence[Sample]],
    make: Callable[[], Job],
    made: Callable[[Job], HttpResponse],
) -> HttpResponse:
    """The page of a form, its code alone where that is asked for, or what came of it.

    Of a valid form `code` tells the call, `make` makes or finds the job, and `made` answers for one that is done.
    """
    if code_follows.is_asked(request):
        return code_follows.answered(request, code() if form.is_valid() else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, template, {**context, "form": form}, *form.checked_forms)
    job = make()
    if error := failure_of(request, job):
        context = {**context, "form": form.renewed(), "error": error}
        return form_page(request, template, context, status=error.page_status)
    return accepted(request, job) if job.is_open else made(job)


def arrived(request: HttpRequest, item: Item, told: Mapping[str, Any], said: str) -> HttpResponse:
    """Lead to the object that was made; who asked for JSON gets it as `told`."""
    if wants_json(request):
        return JsonResponse(told, status=201)
    messages.success(request, said)
    return redirect(url_of(item))
