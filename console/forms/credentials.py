"""A credential on its way in: checked, never sent back."""

from typing import Any

from django import forms

from console.forms import certificates

TYPE_AGAIN = "It was not kept, as secrets never are on a page: type it again."


class SecretTextarea(forms.Textarea):
    """A field for text of many lines that is never sent back."""

    def format_value(self, _value: Any) -> str:
        return ""


def key_flaw(key: str) -> str:
    """Return why a text cannot be a key that is sent in a header; empty when it can."""
    if len(key) > 4096:
        return "This is longer than any key (4,096 characters)."
    if not key.isascii() or not key.isprintable() or " " in key:
        return "This contains spaces or characters that no key has. Copy it again."
    return ""


class CredentialForm(forms.Form):
    """A new credential for a connection: one line, or a certificate with its key."""

    secret = forms.CharField(
        required=False,
        label="Key",
        widget=forms.PasswordInput(
            attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    certificate = forms.CharField(
        required=False,
        label="Certificate and private key (PEM)",
        widget=SecretTextarea(
            attrs={"class": "input mono", "rows": 6, "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        if purpose == "client_secret":
            self.fields["secret"].label = "Client secret"
        if purpose:
            asked = self.fields["certificate" if purpose == "certificate" else "secret"]
            asked.required = True
            asked.error_messages["required"] = "Type the new credential."

    def clean(self) -> dict[str, Any]:
        if not self.purpose:
            self.add_error(None, "This connection keeps no credential here.")
        self.check_secret(self.purpose)
        return self.cleaned_data

    def check_secret(self, purpose: str, *, required: str = "") -> None:
        """Check the credential of a purpose; `required` is the sentence for one that must not be empty."""
        field = "certificate" if purpose == "certificate" else "secret"
        text = self.cleaned_data.get(field, "").strip()
        problem = ""
        if purpose and not text:
            problem = required
        elif purpose:
            problem = certificates.flaw(text) if purpose == "certificate" else key_flaw(text)
        if problem:
            self.add_error(field, problem)
        self.cleaned_data["credential_text"] = text if purpose else ""

    def full_clean(self) -> None:
        """Say at the field that a secret has to be typed again, whatever else is wrong."""
        super().full_clean()
        if not self.is_bound or self.is_valid():
            return
        for field in ("secret", "certificate"):
            if self.data.get(field) and field not in self.errors:
                self.add_error(field, TYPE_AGAIN)

    @property
    def credential_text(self) -> str:
        text: str = self.cleaned_data["credential_text"]
        return text
