"""Starting a fine-tuning job, and the typed names that cancelling and deleting ask for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ConfirmForm(forms.Form):
    """The name, typed, of what is about to end."""

    name = forms.CharField(
        label="Type the name to confirm",
        max_length=600,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["name"].widget.attrs["data-confirm"] = expected

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.expected.strip():
            raise ValidationError(f"This is not the name. Type {self.expected} exactly.")
        return name
