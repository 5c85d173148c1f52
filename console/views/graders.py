"""The grader bench: a grader, a line of a dataset and an answer; what reward that gets, and why."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.graders import KINDS, GraderFields, SampleForm, pretty
from console.forms.multi_grader import grader_form
from console.index.fine_tuning import KIND
from console.models import Connection
from console.outbound.errors import UpstreamError
from console.v1 import graders
from console.v1.fine_tuning import parse_job
from console.views import code_calls, code_follows
from console.views.code import Sample
from console.views.shared import form_page, wants_json

EXAMPLE = {
    "item": pretty({"reference_answer": "Sixty days from delivery."}),
    "sample": "Sixty days from delivery.",
}
VERBS = {"run", "validate"}


@require_http_methods(["GET", "HEAD", "POST"])
def bench(request: HttpRequest, slug: str) -> HttpResponse:
    """Try a grader. `?job=` brings that of a job; a form that has grader fields brings them by a POST without `do`."""
    connection = access.connection_for(request.user, slug, may="operate")
    if code_follows.is_asked(request):
        return code_follows.answered(request, typed_as_code(request, connection))
    if request.POST.get("do") in VERBS:
        return tried(request, connection)
    typed = {**EXAMPLE, **(request.POST if request.method == "POST" else request.GET).dict()}
    if job_id := request.GET.get("job"):
        item = access.item_for(request.user, slug, KIND, job_id, may="operate")
        told = parse_job({"id": item.remote_id, **item.raw}).grader
        typed |= {"grader_kind": "json", "grader_json": pretty(told)} if told else {}
    fields = grader_form(kind=typed.get("grader_kind", ""), initial=typed)
    return page(request, connection, fields, SampleForm(initial=typed))


def tried(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Have the resource run or validate what was typed."""
    fields = grader_form(request.POST, kind=request.POST.get("grader_kind", ""))
    sample = SampleForm(request.POST)
    is_run = request.POST["do"] == "run"
    if not fields.is_valid() or (is_run and not sample.is_valid()):
        return page(request, connection, fields, sample if is_run else shown_again(request))
    try:
        told = asked(request, connection, fields, sample if is_run else None)
    except UpstreamError as error:
        if wants_json(request):
            raise
        return page(request, connection, fields, sample, status=error.page_status, error=error)
    if wants_json(request):
        return JsonResponse(told["grade"].raw if is_run else {"grader": told["understood"]})
    return page(request, connection, fields, sample if is_run else shown_again(request), **told)


def shown_again(request: HttpRequest) -> SampleForm:
    """The sample as it was typed, without complaints about it: validating does not need one."""
    return SampleForm(initial=request.POST.dict())


def asked(
    request: HttpRequest, connection: Connection, fields: GraderFields, sample: SampleForm | None
) -> dict[str, Any]:
    with connection.client(request.user) as client:
        if sample is None:
            return {"understood": graders.validate(client, graders.body(fields.told()))}
        return {"grade": graders.run(client, graders.body(fields.told(), **sample.cleaned_data))}


def page(
    request: HttpRequest,
    connection: Connection,
    fields: GraderFields,
    sample: SampleForm,
    *,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    url = reverse("grader-bench", args=[connection.slug])
    context = {
        "connection": connection,
        "grader": fields,
        "sample": sample,
        "kinds": [(name, title, f"{url}?grader_kind={name}") for name, title in KINDS.items()],
        "use_url": use_url(connection, fields),
        "samples": as_code(connection, fields.told(), **sample.loosely()),
    }
    return form_page(
        request, "graders/bench.html", {**context, **more}, *fields.checked_forms, sample, status=status
    )


def use_url(connection: Connection, fields: GraderFields) -> str:
    """The form of a job with this grader; "" for one that is not right."""
    if not fields.is_bound or not fields.is_valid():
        return ""
    typed = {name: value for name, value in fields.data.items() if name.startswith("grader_")}
    asked = urlencode({"method": "reinforcement", **typed})
    return f"{reverse('fine-tuning-job-new', args=[connection.slug])}?{asked}"


def typed_as_code(request: HttpRequest, connection: Connection) -> list[Sample] | None:
    fields = grader_form(request.POST, kind=request.POST.get("grader_kind", ""))
    sample = SampleForm(request.POST)
    if not fields.is_valid() or not sample.is_valid():
        return None
    return as_code(connection, fields.told(), **sample.cleaned_data)


def as_code(
    connection: Connection, grader: Mapping[str, Any], *, sample: str, item: Mapping[str, Any]
) -> list[Sample]:
    """Running a grader, and validating it."""

    def calling(verb: str, body: dict[str, Any]) -> list[Sample]:
        name, path = f"fine_tuning.alpha.graders.{verb}", f"/fine_tuning/alpha/graders/{verb}"
        return code_calls.calling(connection, name, "POST", path, body=body)

    return [
        *calling("run", graders.body(grader, sample=sample, item=item)),
        *code_calls.titled("Validate", calling("validate", graders.body(grader))),
    ]
