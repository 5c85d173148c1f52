"""What an eval is called and where its rows come from: the head of a new one, and changing one that there is."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.fields import PAIRS_HINT, plain
from console.forms.graders import an_object, area, line, pretty
from console.forms.keyed import KeyedForm
from console.forms.metadata import MetadataForm, checked_metadata
from console.forms.pairs import plain_lines
from console.jsonl.schema import schema_fault
from console.v1 import evals, parse
from console.v1.evals import Eval

SOURCES = {
    "custom": "Rows of a file",
    "stored_completions": "Stored completions",
    "logs": "Logs of responses",
}
SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}, "answer": {"type": "string"}},
    "required": ["question", "answer"],
}


class MarkedForm(KeyedForm):
    """What evals and runs have in common: metadata of their own, and metadata to find kept answers by."""

    use_required_attribute = False  # a field that is needed may be out of sight

    filter = area("Only those with this metadata", 2, PAIRS_HINT, required=False)
    metadata = area("Metadata", 2, PAIRS_HINT, required=False)

    def clean_metadata(self) -> dict[str, str]:
        return checked_metadata(self.cleaned_data["metadata"])

    def clean_filter(self) -> dict[str, str]:
        return checked_metadata(self.cleaned_data["filter"])


class HeadForm(MarkedForm):
    """What an eval is called and where its rows come from."""

    name = line("Name", "")
    source = forms.ChoiceField(
        label="Data source",
        choices=list(SOURCES.items()),
        initial="custom",
        widget=forms.RadioSelect,
    )
    schema = area("Schema of a row", 8, "A JSON Schema of an object.", required=False, initial=pretty(SCHEMA))
    has_sample = forms.BooleanField(
        label="Rows or runs have an answer, {{sample.…}}", required=False, initial=True
    )
    file = plain(
        "File with rows",
        200,
        "The id of a file, or one of the suggestions; its first line tells the schema.",
        offers="files",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schema"].required = not self.is_bound or self.data.get("source") == "custom"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if len(name) > 256:
            raise ValidationError("A name has 256 characters at most.")
        return name

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("source") == "custom" and clean.get("schema"):
            try:
                schema = an_object(clean["schema"])
            except ValidationError as error:
                self.add_error("schema", error)
            else:
                fault = schema_fault(schema)
                if fault is not None:
                    where = ".".join(str(step) for step in fault[0])
                    self.add_error("schema", f"{where + ': ' if where else ''}{fault[1]}.")
        return clean


def head_told(values: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of what is typed in the head, also while that is not complete."""
    config: dict[str, Any] = {"type": values.get("source") or "custom"}
    if config["type"] == "custom":
        config |= {"item_schema": loosely(values.get("schema", ""))}
        if values.get("has_sample"):
            config["include_sample_schema"] = True
    elif wanted := loose_pairs(values.get("filter", "")):
        config["metadata"] = wanted
    metadata = loose_pairs(values.get("metadata", ""))
    told = {"name": values.get("name", ""), **({"metadata": metadata} if metadata else {})}
    return {**told, "data_source_config": config}


def head_values(body: Mapping[str, Any]) -> dict[str, str]:
    """What the head's fields hold for the JSON of an eval."""
    config = parse.mapping(body.get("data_source_config"))
    schema = config.get("item_schema")
    return {
        "name": parse.text(body.get("name")),
        "source": parse.text(config.get("type")),
        "schema": schema if isinstance(schema, str) else pretty(SCHEMA if schema is None else schema),
        "has_sample": "on" if config.get("include_sample_schema") is True else "",
        "filter": plain_lines(parse.pairs(config.get("metadata"))),
        "metadata": plain_lines(parse.pairs(body.get("metadata"))),
    }


def loosely(text: str) -> Any:
    """The JSON value of a text, or the text while it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def loose_pairs(text: str) -> dict[str, str]:
    rows = (each.partition("=") for each in text.splitlines() if each.strip())
    return {key.strip(): value.strip() for key, _, value in rows}


def typed(head: HeadForm) -> dict[str, str]:
    """What stands in the head's fields, checked or not."""
    if head.is_bound:
        found = {name: head.data.get(name) for name in head.fields}
    else:
        found = {name: head.get_initial_for_field(field, name) for name, field in head.fields.items()}
    return {name: str(value).replace("\r\n", "\n") if value else "" for name, value in found.items()}


class EditForm(MetadataForm):
    """Name and metadata of an eval; its criteria can never be changed."""

    name = line("Name", "")
    field_order: Iterable[str] = ("seen", "name", "metadata")

    def __init__(self, *args: Any, evaluation: Eval, **kwargs: Any) -> None:
        super().__init__(*args, stored=evaluation.metadata, others={"name": evaluation.name}, **kwargs)

    def body(self) -> dict[str, Any]:
        return evals.changes(name=self.cleaned_data["name"], metadata=self.metadata_to_send)
