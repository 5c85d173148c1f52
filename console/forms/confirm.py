"""The typed words that what cannot be undone asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ConfirmForm(forms.Form):
    """The name, typed, of what is about to end; or other words that say what will happen."""

    name = forms.CharField(
        label="Type the name to confirm",
        max_length=600,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, expected: str, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        if label:
            self.fields["name"].label = label
        self.fields["name"].widget.attrs["data-confirm"] = expected.strip()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.expected.strip():
            raise ValidationError(f"This is not the name. Type {self.expected} exactly.")
        return name
