"""Forms that have one effect however often they are sent: they carry a key."""

import uuid
from typing import Any, Self

from django import forms
from django.http import QueryDict


class KeyedForm(forms.Form):
    """`key` names this form; what it makes is made once."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "key": uuid.uuid4().hex}

    @property
    def checked_forms(self) -> list[forms.Form]:
        """This one, and those that it has in it."""
        return [self]

    def renewed(self) -> Self:
        """The same entries under a new key, for another try after one that failed."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["key"] = uuid.uuid4().hex
        self.data = data
        return self
