"""Files of a connection by their ids, picked from the index or typed; what forms that need some have in common."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django import forms
from django.http import QueryDict

from console.models import Item


class Picked(forms.MultipleChoiceField):
    """Ids of files; one that is not offered any more is the resource's to refuse."""

    def validate(self, value: Any) -> None:
        """Any id is fit to be asked for."""


class PickedFilesForm(forms.Form):
    """`wanted` of the cleaned data are the ids, each once; `key` names the form, so that it has one effect."""

    most: ClassVar[int] = 100

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    picked = Picked(required=False, label="Files", widget=forms.CheckboxSelectMultiple)
    file_ids = forms.CharField(
        label="Further file ids",
        required=False,
        max_length=40_000,
        help_text="One a line, or separated by spaces.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, offered: Iterable[Item] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(offered)
        self.fields["picked"].choices = [(one.remote_id, one.name) for one in self.offered]  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid.uuid4().hex

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        chosen = [*clean.get("picked", []), *clean.get("file_ids", "").replace(",", " ").split()]
        clean["wanted"] = list(dict.fromkeys(chosen))
        if len(clean["wanted"]) > self.most:
            self.add_error("file_ids", f"At most {self.most} files at once.")
        return clean

    def renewed(self) -> Self:
        """The same entries under a new key, for another try after one that failed."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["key"] = uuid.uuid4().hex
        self.data = data
        return self
