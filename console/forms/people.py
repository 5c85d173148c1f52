"""Forms about accounts. The rule that guards the last admin is the model's; a form tells it at the field."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from console.forms.fields import choice
from console.models import Role, User
from console.models.user import LastAdmin

LINK, PASSWORD = "link", "password"
LAST_ADMIN = "This is the last admin. Make somebody else an admin first."


class PersonForm(forms.Form):
    """A new account: its name, its role, and how the person gets in."""

    username = forms.CharField(
        label="Name",
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text="Letters, digits and @ . + - _",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "autofocus": True}),
    )
    role = choice("Role", Role.choices, initial=Role.READER)
    way = forms.ChoiceField(
        label="First sign-in",
        choices=[(LINK, "With a one-time link, shown next"), (PASSWORD, "With a password that you set")],
        initial=LINK,
        required=False,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        required=False,
        strip=False,
        help_text="At least 12 characters. Leave it empty for a link.",
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        username: str = User.normalize_username(self.cleaned_data["username"])
        if User.called(username):
            raise ValidationError("There is an account of this name already.")
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("way") == PASSWORD:
            try:
                validate_password(cleaned.get("password", ""), User(username=cleaned.get("username", "")))
            except ValidationError as error:
                self.add_error("password", error)
        else:
            cleaned["password"] = ""
        return cleaned

    def save(self) -> User:
        cleaned = self.cleaned_data
        return User.add(cleaned["username"], cleaned["role"], password=cleaned["password"])


class RoleForm(forms.Form):
    role = choice("Role", Role.choices)

    def save(self, person: User) -> bool:
        """Change the role; False, with an error at the field, when that would take the last admin away."""
        try:
            person.change_role(self.cleaned_data["role"])
        except LastAdmin:
            self.add_error("role", LAST_ADMIN)
        return self.is_valid()


class DisableForm(forms.Form):
    """Nothing to fill in: the button says it all."""

    def save(self, person: User) -> bool:
        """Disable the account; False, with an error, when it is the last admin's."""
        try:
            person.disable()
        except LastAdmin:
            self.add_error(None, LAST_ADMIN)
        return self.is_valid()
