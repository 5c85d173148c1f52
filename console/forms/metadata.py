"""Changing what may be changed of an object: its metadata, and a few fields besides; who comes second is told."""

import hashlib
from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from console.forms.fields import area
from console.forms.pairs import LONGEST_KEY, LONGEST_VALUE, MOST, pairs, plain_lines
from console.models.seen import canonical
from console.once import MARKER, without_mark

HINT = (
    "One key = value a line, at most {most}; "
    f"a key of up to {LONGEST_KEY} characters, a value of up to {LONGEST_VALUE}."
)


class MetadataForm(forms.Form):
    """The pairs of one object; `seen` says which version was on the page.

    Forms with more fields tell what is stored in those as `others`. The mark of the form that made the object
    is not shown, and stays.
    """

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    metadata = area("Metadata", "", rows=8)

    def __init__(
        self, *args: Any, stored: Mapping[str, str], others: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mark = {name: value for name, value in stored.items() if name == MARKER}
        self.stored = without_mark(stored)
        self.others = dict(others or {})
        self.most = MOST - len(self.mark)
        self.fields["metadata"].help_text = HINT.format(most=self.most)
        self.initial = {**self.others, "seen": self.stamp(), "metadata": plain_lines(self.stored)}

    def clean_metadata(self) -> dict[str, str]:
        return checked_metadata(self.cleaned_data["metadata"], most=self.most)

    @property
    def metadata_to_send(self) -> dict[str, str]:
        return {**self.cleaned_data["metadata"], **self.mark}

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return {"metadata": self.metadata_to_send}

    def unchanged(self) -> Self:
        """With what is stored for what is typed: its body is what saving it as it is would send."""
        self.cleaned_data = {**self.others, "metadata": self.stored}
        return self

    def stamp(self) -> str:
        """A digest of what is stored now: equal as long as nobody changed it."""
        return hashlib.sha256(canonical({**self.others, "metadata": self.stored}).encode()).hexdigest()

    @property
    def is_stale(self) -> bool:
        """Whether the object is no longer what the page showed."""
        return bool(self.cleaned_data["seen"] != self.stamp())

    def differences(self) -> list[tuple[str, str, str]]:
        """Label, theirs and mine of each field and of each pair that differs."""
        clean = self.cleaned_data
        mine: dict[str, str] = clean["metadata"]
        rows = [(str(self.fields[name].label), told, clean[name]) for name, told in self.others.items()]
        rows += [(key, self.stored.get(key, ""), mine.get(key, "")) for key in {**self.stored, **mine}]
        return [(label, str(a or ""), str(b or "")) for label, a, b in rows if a != b]

    def rebased(self) -> Self:
        """My entries, meant for the version that is there now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = self.stamp()
        self.data = data
        return self


def checked_metadata(text: str, *, most: int = MOST - 1) -> dict[str, str]:
    """Typed metadata; one place of the sixteen is kept for our mark. Raises ValidationError."""
    found = pairs(text)
    if MARKER in found:
        raise ValidationError(f"“{MARKER}” is the console's own.")
    if len(found) > most:
        raise ValidationError(f"There can be {most} pairs at most: the console keeps one for itself.")
    return found
