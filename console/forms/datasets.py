"""Which dataset is made of stored completions, and where it goes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.connection_choices import labelled, taking_files
from console.forms.fields import choice
from console.forms.keyed import KeyedForm
from console.forms.uploads import named
from console.jsonl import Purpose
from console.jsonl.from_chat import Shape, is_field
from console.models import Connection

FORMATS = {
    Purpose.SUPERVISED: "Fine-tuning: conversations that end with the stored answer",
    Purpose.REINFORCEMENT: "Reinforcement fine-tuning: questions, with the stored answer as the reference",
    Purpose.EVALS: "Evals: items with the stored answer, to be graded or compared with a new one",
    Purpose.BATCH: "Batch: the same questions to a deployment",
}
WITH_FIELDS = {Purpose.EVALS, Purpose.REINFORCEMENT}


class DatasetForm(KeyedForm):
    """`shape` of the cleaned data is what the lines will look like."""

    purpose = forms.ChoiceField(
        label="For",
        choices=[(one.value, title) for one, title in FORMATS.items()],
        initial=Purpose.SUPERVISED.value,
        widget=forms.Select(attrs={"class": "input"}),
    )
    name = forms.CharField(
        max_length=200,
        initial="stored-completions.jsonl",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )
    connection = choice(
        "Upload to", hint="It waits in the console until you have seen what the doctor says of it."
    )
    model = forms.CharField(
        label="Deployment that answers the batch",
        required=False,
        max_length=256,
        widget=forms.TextInput(
            attrs={"class": "input mono auto", "autocomplete": "off", "list": "deployments"}
        ),
        help_text="For a batch only. What was set when a question was asked first is sent again.",
    )
    keeps_system = forms.BooleanField(
        label="Keep system and developer messages", required=False, initial=True
    )
    is_last_turn = forms.BooleanField(
        label="Only the last turn: the last question and its answer", required=False
    )
    leaves_out_cut = forms.BooleanField(
        label="Leave out answers that were cut by a token limit or a filter", required=False, initial=True
    )
    fields_text = forms.CharField(
        label="Metadata as fields",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "spellcheck": "false"}),
        help_text="For evals and reinforcement. One key a line, or key = name of the field.",
    )

    def __init__(self, *args: Any, connections: list[Connection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections = taking_files(connections)
        self.fields["connection"].choices = labelled(self.connections)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = named(self.cleaned_data["name"].strip())
        return name if name.endswith(".jsonl") else f"{name}.jsonl"

    def clean_connection(self) -> Connection:
        return self.connections[self.cleaned_data["connection"]]

    def clean_fields_text(self) -> dict[str, str]:
        """Field names by keys of metadata."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["fields_text"].splitlines(), 1):
            key, _, name = (part.strip() for part in line.partition("="))
            name = name or key
            if key and not is_field(name):
                raise ValidationError(
                    f"Line {number}: “{name[:60]}” cannot be the name of a field. Write {key[:60]} = another_name."
                )
            if key and name in found.values():
                raise ValidationError(f"Line {number}: there is a field “{name}” already.")
            if key:
                found[key] = name
        return found

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        purpose = clean.get("purpose")
        if purpose == Purpose.BATCH and not clean.get("model"):
            self.add_error("model", "A batch needs the name of a deployment.")
        if purpose and purpose not in WITH_FIELDS and clean.get("fields_text"):
            self.add_error("fields_text", "Lines of this format have no room for fields.")
        if not self.errors:
            names = ("purpose", "model", "keeps_system", "is_last_turn", "leaves_out_cut")
            shape = {name: clean[name] for name in names}
            clean["shape"] = Shape(**shape, fields=clean["fields_text"])
        return clean
