"""Files of a connection by their ids, picked from the index or typed; what forms that need some have in common."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from console.forms.fields import area
from console.forms.keyed import KeyedForm
from console.models import Item


class Picked(forms.MultipleChoiceField):
    """Ids of files; one that is not offered any more is the resource's to refuse."""

    def validate(self, value: Any) -> None:
        """Any id is fit to be asked for."""


class PickedFilesForm(KeyedForm):
    """`wanted` of the cleaned data are the ids, each once."""

    most: ClassVar[int] = 100

    picked = Picked(required=False, label="Files", widget=forms.CheckboxSelectMultiple)
    file_ids = area("Further file ids", "One a line, or separated by spaces.", rows=2)

    def __init__(self, *args: Any, offered: Iterable[Item] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(offered)
        self.fields["picked"].choices = [(one.remote_id, one.name) for one in self.offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        chosen = [*clean.get("picked", []), *clean.get("file_ids", "").replace(",", " ").split()]
        clean["wanted"] = list(dict.fromkeys(chosen))
        if len(clean["wanted"]) > self.most:
            self.add_error("file_ids", f"At most {self.most} files at once.")
        return clean
