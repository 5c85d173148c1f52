"""Saving a golden query, and running all of a store."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.fields import area, text
from console.forms.keyed import KeyedForm
from console.forms.picked_files import Picked
from console.forms.vector_search import LONGEST_QUERY, RankingForm


class GoldenForm(KeyedForm):
    """A query and the files that ought to be found by it."""

    query = text("Query", LONGEST_QUERY)
    picked = Picked(required=False, label="Files that ought to be found", widget=forms.CheckboxSelectMultiple)
    file_ids = area("Further file ids", "One a line, or separated by spaces.", rows=2)

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["picked"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        chosen = [*clean.get("picked", []), *clean.get("file_ids", "").replace(",", " ").split()]
        clean["expected"] = list(dict.fromkeys(chosen))
        if not clean["expected"]:
            raise ValidationError("Pick a file that ought to be found, or type its id.")
        if len(clean["expected"]) > 50:
            raise ValidationError("A query can expect 50 files at most.")
        return clean


class RunForm(KeyedForm, RankingForm):
    """How the golden queries are asked."""
