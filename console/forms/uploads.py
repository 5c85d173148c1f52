"""What somebody says of a file before it comes: where it goes, what for, and for how long."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.connection_choices import labelled, taking_files
from console.forms.fields import choice
from console.forms.keyed import KeyedForm
from console.jsonl import Purpose
from console.models import Connection, Upload
from console.outbound.json_text import clean_text
from console.v1.files import PURPOSES
from console.v1.multipart import header_name
from console.words import in_words

DAY = 86_400
SMALL = 2 * 1024 * 1024
HASH = re.compile(r"[0-9a-f]{64}")
MEANINGS = {
    "supervised": ("fine-tune", "Fine-tuning, supervised: example conversations"),
    "preference": ("fine-tune", "Fine-tuning by preference (DPO): a preferred and another answer"),
    "reinforcement": ("fine-tune", "Reinforcement fine-tuning: prompts for a grader"),
    "batch": ("batch", "Batch: one request a line"),
    "rows": (Upload.ROWS, "Batch from a prompt: a CSV of rows, which stays in this console"),
    "evals": ("evals", "Evals: one item a line"),
    "assistants": ("assistants", "Vector stores and assistants: documents"),
}
AUTO = "auto"
LONGEST_LIFE = 30
SHORTEST_LIFE: dict[str, int] = {Connection.Kind.AZURE: 14, Connection.Kind.SIMULATOR: 14}
"""In days: Azure's how-to for batches says 14 to 30, OpenAI's reference of files an hour to 30 days."""


class UploadForm(forms.Form):
    """Where a file goes and what it is for; with `name`, `size` and `first` it begins an upload in parts."""

    connection = forms.ChoiceField(label="To")
    kind = forms.ChoiceField(
        label="Purpose", choices=[(key, title) for key, (_, title) in MEANINGS.items()], initial="supervised"
    )
    expires = forms.IntegerField(
        label="Expires after (days)",
        required=False,
        help_text=f"Empty: never. On Azure 14 to {LONGEST_LIFE} days, on others 1 to {LONGEST_LIFE}.",
        widget=forms.NumberInput(attrs={"min": 1, "max": LONGEST_LIFE}),
        error_messages={"invalid": "Say after how many whole days the file expires, or leave it empty."},
    )

    def __init__(self, *args: Any, connections: list[Connection], **more: Any) -> None:
        super().__init__(*args, **more)
        self.connections = taking_files(connections)
        self.fields["connection"].choices = labelled(self.connections)  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input auto"

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        days, connection = clean.get("expires"), self.connections.get(clean.get("connection", ""))
        if days is not None and connection:
            least = SHORTEST_LIFE.get(connection.kind, 1)
            if not least <= days <= LONGEST_LIFE:
                name = connection.name
                self.add_error(
                    "expires",
                    f"A file on {name} can expire after {least} to {LONGEST_LIFE} days. Empty: never.",
                )
        return clean

    @property
    def chosen(self) -> tuple[Connection | None, str]:
        """The connection and the purpose that the form shows, be it sent or not."""
        slug, kind = str(self["connection"].value()), str(self["kind"].value())
        place = self.connections.get(slug) or next(iter(self.connections.values()), None)
        return place, MEANINGS.get(kind, MEANINGS["supervised"])[0]

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the Upload, apart from its name and size."""
        kind, days = self.cleaned_data["kind"], self.cleaned_data["expires"]
        purpose = MEANINGS[kind][0]
        connection = self.connections[self.cleaned_data["connection"]]
        return {
            "connection": connection,
            "workspace": connection.workspace,
            "purpose": purpose,
            "check_for": kind if kind in set(Purpose) else "",
            "expires_after": days * DAY if days else None,
        }


class BeginForm(UploadForm):
    """The beginning of an upload in parts: what the browser knows of the file."""

    name = forms.CharField(max_length=512)
    store = forms.CharField(max_length=256, required=False, help_text="The vector store it is meant for.")
    size = forms.IntegerField(min_value=1, error_messages={"min_value": "The file is empty."})
    first = forms.CharField(max_length=64, help_text="SHA-256 of the first part.")

    def clean_name(self) -> str:
        return named(self.cleaned_data["name"])

    @property
    def facts(self) -> dict[str, Any]:
        own = {name: self.cleaned_data[name] for name in ("name", "size", "first")}
        return {**super().facts, **own, "store_id": self.cleaned_data["store"]}

    def clean_first(self) -> str:
        first: str = self.cleaned_data["first"].lower()
        if not HASH.fullmatch(first):
            raise ValidationError("This is no SHA-256.")
        return first


class SmallUploadForm(UploadForm, KeyedForm):
    """A file in the form itself, for browsers without scripts."""

    file = forms.FileField(help_text="Up to 2 MiB in this way.")

    def clean_file(self) -> Any:
        return small(self.cleaned_data["file"])


def small(file: Any) -> Any:
    """A file that came within a form. Raises ValidationError when it is too large for that."""
    if file and file.size > SMALL:
        raise ValidationError("Without JavaScript a file may have at most 2 MiB.")
    return file


def named(name: str) -> str:
    """The name under which a resource gets the file: no folder, nothing unprintable."""
    return header_name(clean_text(name).replace("\\", "/").rpartition("/")[2])[:255]


class CheckForm(forms.Form):
    """What the doctor holds a file to that a resource has already."""

    purpose = choice(
        "Held to the rules of",
        [(AUTO, "What its first line looks like"), *((one.value, MEANINGS[one][1]) for one in Purpose)],
    )

    def clean_purpose(self) -> str:
        """The purpose, empty for the one that the file itself speaks for."""
        asked: str = self.cleaned_data["purpose"]
        return "" if asked == AUTO else asked


class CopyForm(KeyedForm):
    """Where a file is copied to, and what for; a purpose that only the service may give must be chosen anew."""

    target = choice("To")
    purpose = choice("Purpose", [(one, in_words(one)) for one in PURPOSES])

    def __init__(self, *args: Any, connections: list[Connection], purpose: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial.setdefault("purpose", purpose)
        self.connections = taking_files(connections)
        self.fields["target"].choices = labelled(self.connections)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> tuple[Connection | None, str]:
        """The target and the purpose that the form shows, be it sent or not."""
        target = self.connections.get(str(self["target"].value()))
        purpose = str(self["purpose"].value())
        first = next(iter(self.connections.values()), None)
        return target or first, purpose if purpose in PURPOSES else PURPOSES[0]

    def clean_target(self) -> Connection:
        return self.connections[self.cleaned_data["target"]]
