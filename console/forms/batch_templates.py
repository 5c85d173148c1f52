"""A batch from a prompt and the rows of a CSV."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from console.batching.building import FAMILIES, body
from console.batching.work import NewBatch
from console.forms.batches import StartForm
from console.forms.fields import area, choice, decimal, number, plain, text
from console.forms.uploads import SMALL
from console.jsonl import Template, columns_of, no_column, unclosed
from console.models import Upload
from console.outbound.errors import ProtocolError
from console.outbound.json_text import parse_json_text

LIMITS = {"/v1/chat/completions": "max_completion_tokens", "/v1/responses": "max_output_tokens"}
FILLED = ("system", "user", "more", "custom_id")
"""The fields in which a column may be named."""
TAKEN = {"model", "messages", "input", "instructions"}


class TemplateForm(StartForm):
    """The prompt with `{{column}}` where a row's cell belongs; `rows` is a CSV that is in the console already."""

    rows = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="CSV",
        required=False,
        help_text="UTF-8 with a header; commas, semicolons or tabs. Up to 2 MiB in this way.",
        widget=forms.FileInput(attrs={"class": "input auto", "accept": ".csv,text/csv"}),
    )
    endpoint = choice("API", FAMILIES.items())
    model = plain(
        "Deployment",
        200,
        "One of the suggestions, or any name that the resource knows.",
        offers="deployments",
        required=True,
    )
    system = area("System message", "What holds for every row.", rows=3)
    user = area(
        "User message", "{{column}} is replaced by the row's cell; for embeddings it is the input.", rows=5
    )
    max_tokens = number("Tokens of an answer, at most", 1, 1_000_000, "It also makes the price more certain.")
    temperature = decimal("Temperature", 0, 2)
    more = area("Further parameters", 'A JSON object, such as {"top_p": 0.9}.', rows=2)
    custom_id = text(
        "Id of each line",
        200,
        "May have {{column}}; each must be different. Empty: row-1, row-2 …",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].required = True

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > SMALL:
            raise ValidationError(
                "A CSV of more than 2 MiB is uploaded first; then its page leads back here."
            )
        return file

    def clean_more(self) -> dict[str, Any]:
        try:
            value = parse_json_text(self.cleaned_data["more"] or "{}")
        except ProtocolError as error:
            raise ValidationError(f"This is not JSON: {error.detail or error.message}") from None
        if not isinstance(value, dict):
            raise ValidationError("The parameters are a JSON object.")
        if taken := sorted(TAKEN & value.keys()):
            raise ValidationError(f"“{taken[0]}” has a field of its own.")
        return value

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        for name in FILLED:
            if piece := unclosed(clean.get(name)):
                self.add_error(name, f"“{piece}” begins a column and does not end it: write {{{{column}}}}.")
        return clean

    def fit(self, columns: Sequence[str]) -> None:
        """Tell each field which of the columns that it names are not among these."""
        for name in FILLED:
            if missing := columns_of(self.cleaned_data.get(name)) - set(columns):
                self.add_error(name, no_column(missing, columns))

    def template(self) -> Template:
        clean = self.cleaned_data
        parameters = dict(clean["more"])
        limit = LIMITS.get(clean["endpoint"])
        if limit and clean["max_tokens"]:
            parameters[limit] = clean["max_tokens"]
        if clean["temperature"] is not None and clean["endpoint"] != "/v1/embeddings":
            parameters["temperature"] = clean["temperature"]
        asked = body(clean["endpoint"], clean["system"], clean["user"], parameters)
        return Template(clean["endpoint"], clean["model"], asked, clean["custom_id"])

    def batch(self, *, otherwise: str) -> NewBatch:
        """What is started of it; `otherwise` is its name where none was typed."""
        clean = self.cleaned_data
        return NewBatch(
            key=clean["key"],
            endpoint=clean["endpoint"],
            name=clean["name"] or otherwise,
            output_days=clean["output_days"],
            metadata=clean["metadata"],
        )

    def keep(self, rows: Upload) -> None:
        """Have the form name the rows that came with it, since a browser does not send a file twice."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["rows"] = str(rows.pk)
        self.data = data

    def typed(self) -> dict[str, str]:
        """The entries as they were typed, to change them later; not the file, which is among the rows."""
        return {name: str(self.data.get(name, "")) for name in self.fields if name not in {"key", "file"}}
