"""Changing the metadata of an object that has nothing else to change; who comes second is told."""

import hashlib
from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.http import QueryDict

from console.forms.pairs import LONGEST_KEY, LONGEST_VALUE, MOST, pairs, plain_lines
from console.models.seen import canonical

HINT = (
    f"One key = value a line, at most {MOST}; a key of up to {LONGEST_KEY} characters, "
    f"a value of up to {LONGEST_VALUE}."
)


class MetadataForm(forms.Form):
    """The pairs of one object; `seen` says which version was on the page."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    metadata = forms.CharField(
        required=False,
        max_length=40_000,
        help_text=HINT,
        widget=forms.Textarea(attrs={"class": "input", "rows": 8, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, stored: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = dict(stored)
        self.initial = {"seen": self.stamp(), "metadata": plain_lines(stored)}

    def clean_metadata(self) -> dict[str, str]:
        return pairs(self.cleaned_data["metadata"])

    def stamp(self) -> str:
        """Which version is stored now."""
        return version(self.stored)

    @property
    def is_stale(self) -> bool:
        """Whether the metadata are no longer what the page showed."""
        return bool(self.cleaned_data["seen"] != self.stamp())

    def differences(self) -> list[tuple[str, str, str]]:
        """Key, theirs and mine of each pair that differs."""
        mine: dict[str, str] = self.cleaned_data["metadata"]
        keys = [*self.stored, *(key for key in mine if key not in self.stored)]
        rows = [(key, self.stored.get(key, ""), mine.get(key, "")) for key in keys]
        return [row for row in rows if row[1] != row[2]]

    def rebased(self) -> Self:
        """My entries, meant for the version that is there now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = self.stamp()
        self.data = data
        return self


def version(metadata: Mapping[str, str]) -> str:
    """A digest of metadata: equal as long as nobody changed them."""
    return hashlib.sha256(canonical(metadata).encode()).hexdigest()
