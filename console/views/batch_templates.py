"""A batch from a prompt and a CSV: the first requests to look at, then a draft with its check and its price."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access, tasks
from console.batching import building, related
from console.batching.work import NewBatch
from console.forms.batch_templates import TemplateForm
from console.forms.uploads import named
from console.jsonl import BuildError, Template
from console.models import Connection, Upload
from console.models.upload import Refused
from console.views import batch_code, batch_drafts, code_follows
from console.views.activity import accepted
from console.views.code import Sample
from console.views.shared import form_page

CSV = "rows.csv"
ENDPOINT = "/v1/chat/completions"
EXAMPLE = (
    Template(ENDPOINT, "…", building.body(ENDPOINT, "", "{{column}}", {})),
    NewBatch("", ENDPOINT, name="rows"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; `look` shows the first requests, otherwise they are all built. `?rows=` and `?from=` fill it in."""
    connection = access.connection_for(request.user, slug, may="operate")
    if request.method != "POST":
        return page(request, connection, TemplateForm(initial=proposed(request, connection)))
    if code_follows.is_asked(request):
        return code_follows.answered(request, as_code(request, connection))
    form = TemplateForm(request.POST, request.FILES)
    form.full_clean()
    rows = given(request, connection, form)
    lines = first_lines(form, rows) if rows and fits(form, rows) else []
    if rows is None or not lines or "look" in request.POST or form.errors:
        return page(request, connection, form, rows=rows, lines=lines)
    return built(request, connection, form, rows)


def proposed(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    """What the form begins with: the rows of an upload, or all that an earlier draft was made of."""
    if draft_id := request.GET.get("from", ""):
        draft = batch_drafts.draft_for(request, connection.slug, draft_id)
        return dict(draft.arguments.get("form", {}))
    return {"rows": request.GET.get("rows", "")}


def given(request: HttpRequest, connection: Connection, form: TemplateForm) -> Upload | None:
    """The rows: those that came with the form, else those that were in the console before."""
    try:
        file = form.cleaned_data.get("file")
        rows = received(request, connection, file) if file else waiting(request, connection, form)
    except (Refused, ValidationError) as reason:
        form.add_error("file", str(reason) if isinstance(reason, Refused) else reason)
        return None
    form.keep(rows)
    return rows


def received(request: HttpRequest, connection: Connection, file: Any) -> Upload:
    data: bytes = file.read()
    if not data:
        raise ValidationError("The file is empty.")
    return Upload.take(
        data,
        owner=request.user,
        connection=connection,
        workspace=connection.workspace,
        name=named(file.name),
        purpose=Upload.ROWS,
    )


def waiting(request: HttpRequest, connection: Connection, form: TemplateForm) -> Upload:
    found = known(request, connection, form.cleaned_data.get("rows", ""))
    if found is None:
        raise ValidationError("Choose a CSV.")
    return found


def known(request: HttpRequest, connection: Connection, upload_id: str) -> Upload | None:
    """The user's rows of this id, if they are still in the spool."""
    try:
        upload = access.upload_for(request.user, upload_id, may="operate")
    except (Http404, ValidationError):
        return None
    is_there = upload.stays and upload.state == Upload.State.RECEIVED and upload.path.exists()
    is_ours = upload.owner_id == request.user.pk and upload.workspace_id == connection.workspace_id
    return upload if is_there and is_ours else None


def fits(form: TemplateForm, rows: Upload) -> bool:
    """Whether nothing is wrong with the form, nor with it over these rows: that is told at its fields."""
    if columns := building.columns(rows):
        form.fit(columns)
    return form.is_valid()


def first_lines(form: TemplateForm, rows: Upload) -> list[bytes]:
    """The first requests; what keeps them from being built is told at the form."""
    try:
        found = building.beginning(form.template(), rows)
    except BuildError as error:
        place = f"Row {error.row}: " if error.row else ""
        form.add_error(None, f"{place}{error.message}")
        return []
    if not found:
        form.add_error("file", "The CSV has a header and no rows.")
    return found


def built(request: HttpRequest, connection: Connection, form: TemplateForm, rows: Upload) -> HttpResponse:
    wanted = building.Draft(rows, form.template(), form.batch(otherwise=stem(rows.name)), form.typed())
    try:
        with transaction.atomic():
            job = building.start(connection, request.user, wanted)
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    except Refused as reason:
        form.add_error(None, str(reason))
        return page(request, connection, form, rows=rows)
    return accepted(request, job, reverse("batch-draft", args=[connection.slug, job.pk]))


def stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def as_code(request: HttpRequest, connection: Connection) -> list[Sample] | None:
    """What the form asks for, of the CSV that was chosen, or of the one that is in the console; None if incomplete."""
    form = TemplateForm(request.POST, code_follows.files(request))
    if not form.is_valid():
        return None
    rows = known(request, connection, form.cleaned_data["rows"])
    file = form.cleaned_data["file"] or rows
    name = named(file.name) if file else CSV
    return batch_code.building(connection, name, form.template(), form.batch(otherwise=stem(name)))


def page(
    request: HttpRequest,
    connection: Connection,
    form: TemplateForm,
    *,
    rows: Upload | None = None,
    lines: list[bytes] | None = None,
) -> HttpResponse:
    if not form.is_bound:
        rows = known(request, connection, str(form.initial.get("rows", "")))
    form.fields["file"].required = rows is None
    context = {
        "connection": connection,
        "form": form,
        "rows": rows,
        "columns": building.columns(rows) if rows else [],
        "lines": [line.decode() for line in lines or ()],
        "is_constant": bool(lines) and form.template().is_constant,
        "deployments": related.deployments(connection),
        "samples": batch_code.building(connection, CSV, *EXAMPLE),
    }
    return form_page(request, "batches/template.html", context, form)
