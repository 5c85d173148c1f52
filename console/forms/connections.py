"""Adding and changing connections: whatever address is pasted, and how to sign in there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from console.forms.credentials import CredentialForm
from console.forms.fields import text
from console.models import Connection, Workspace
from console.models.connection import Stale, Wiring
from console.models.environment import pairs
from console.outbound.clouds import CLOUDS
from console.outbound.errors import BlockedByPolicy
from console.outbound.policy import Endpoint
from console.outbound.transport import get_door
from console.v1.address import NotAnAddress, Recognised, recognise

TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{1,63}")
CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LABELS = {
    "name": "Name",
    "kind": "Kind",
    "url": "Address",
    "auth_kind": "Sign-in",
    "secret_env": "Variable",
    "credential": "Credential",
    "tenant_id": "Tenant ID",
    "client_id": "Client ID",
    "cloud": "Cloud",
    "scope": "Token scope",
}
NEEDS_IDENTITY = frozenset({"client_secret", "client_certificate"})


def proposal(text: str) -> tuple[Recognised | None, str]:
    """Return what a text names as far as it has been typed, and what is wrong with it, both perhaps empty."""
    if not text.strip():
        return None, ""
    try:
        return checked(text)[0], ""
    except ValidationError as error:
        return None, str(error.messages[0])


def checked(text: str) -> tuple[Recognised, Endpoint]:
    """Return what an address names and its endpoint; raises ValidationError when it may not be used."""
    try:
        found = recognise(text, simulator=settings.SIMULATOR_URL)
        return found, get_door().policy.check_url(found.url)
    except NotAnAddress as error:
        raise ValidationError(str(error)) from None
    except BlockedByPolicy as error:
        raise ValidationError(f"{error.message} {error.remedy}") from None


class ConnectionForm(CredentialForm):
    """All that people choose about a connection. `wiring` is the outcome of a valid form."""

    address = forms.CharField(
        required=False,
        max_length=2048,
        label="Address",
        widget=forms.TextInput(
            attrs={
                "class": "input mono",
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "placeholder": "https://NAME.openai.azure.com",
                "aria-describedby": "recognised",
            }
        ),
    )
    auth = forms.ChoiceField(label="Sign in with", widget=forms.RadioSelect, initial="key")
    credential = forms.ChoiceField(
        required=False,
        label="Credential",
        choices=Connection.Credential.choices,
        widget=forms.Select(attrs={"class": "input"}),
    )
    tenant_id = forms.RegexField(
        TENANT,
        required=False,
        label="Tenant ID",
        error_messages={"invalid": "A tenant is a UUID or a domain name, without spaces."},
        widget=forms.TextInput(attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    client_id = forms.RegexField(
        CLIENT,
        required=False,
        label="Client ID",
        error_messages={"invalid": "A client ID is a UUID, without spaces."},
        widget=forms.TextInput(attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    scope = forms.ChoiceField(
        required=False, label="Token scope", widget=forms.Select(attrs={"class": "input"})
    )
    cloud = forms.ChoiceField(required=False, label="Cloud", widget=forms.Select(attrs={"class": "input"}))
    name = text("Name", 100, "Left empty, it is named after the resource.", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = (
        "address",
        "auth",
        "secret",
        "credential",
        "tenant_id",
        "client_id",
        "certificate",
        "scope",
    )

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        connection: Connection | None = None,
        variable: str = "",
        **kwargs: Any,
    ) -> None:
        """`variable` is one more that may hold the key: people with a shell may name any, pages may not."""
        self.workspace, self.connection, self.variable = workspace, connection, variable
        if connection is not None:
            kwargs.setdefault("initial", initial(connection))
        super().__init__(*args, **kwargs)
        self.pairs = {f"env:{pair.key}": pair for pair in pairs()}
        self.fields["auth"].choices = list(self.auth_choices())  # type: ignore[attr-defined]
        scopes = [scope for cloud in CLOUDS.values() for scope in cloud.data_scopes]
        self.fields["scope"].choices = [("", "As the address asks for"), *((one, one) for one in scopes)]  # type: ignore[attr-defined]
        clouds = [(cloud.name, cloud.label) for cloud in CLOUDS.values()]
        self.fields["cloud"].choices = [("", "As the address tells"), *clouds]  # type: ignore[attr-defined]
        self.recognised: Recognised | None = None
        self.endpoint: Endpoint | None = None
        self.wiring: Wiring | None = None

    def add(self, user: Any) -> Connection:
        """Store a valid form as a new connection."""
        return Connection.add(self.workspace, self.wired_up, secret=self.credential_text, user=user)

    def change(self, user: Any) -> bool:
        """Store a valid form; False, and nothing is stored, when somebody else was quicker."""
        assert self.connection is not None  # noqa: S101 - for the type checker
        version = self.cleaned_data["version"] or 0
        try:
            self.connection.change(self.wired_up, version=version, secret=self.credential_text, user=user)
        except Stale:
            return False
        return True

    def differences(self, connection: Connection) -> list[tuple[str, str, str]]:
        """Return field, value there and value here, for what differs between `connection` and this form."""
        theirs, mine = connection.wiring.told(), self.wired_up.told()
        return [(LABELS[name], theirs[name], mine[name]) for name in mine if theirs[name] != mine[name]]

    def rebased(self, connection: Connection) -> "ConnectionForm":
        """Return this form with its values, ready to be sent on top of what `connection` is now."""
        mine = {
            name: self.cleaned_data[name] for name in self.fields if name not in ("secret", "certificate")
        }
        values = {**mine, "version": connection.version}
        return ConnectionForm(workspace=self.workspace, connection=connection, initial=values)

    @property
    def wired_up(self) -> Wiring:
        if self.wiring is None:
            raise ValueError("The form is not valid.")
        return self.wiring

    def auth_choices(self) -> Iterator[tuple[str, str]]:
        yield "key", "API key"
        yield "entra", "Microsoft Entra ID"
        for value, pair in self.pairs.items():
            yield value, f"{pair.address} and {pair.key}"
        kept = self.connection
        further = self.variable or (kept.secret_env if kept is not None and kept.auth_kind == "env" else "")
        if further and f"env:{further}" not in self.pairs:
            yield f"env:{further}", further

    def clean_address(self) -> str:
        text: str = self.cleaned_data["address"].strip()
        if text:
            self.recognised, self.endpoint = checked(text)
        elif not self.data.get("auth", "").startswith("env:"):
            raise ValidationError("Paste the address of a resource, or its name.")
        return text

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError("The name contains characters that cannot be shown.")
        return name

    def clean(self) -> dict[str, Any]:
        auth = self.cleaned_data.get("auth", "")
        if auth.startswith("env:") and "address" not in self.errors:
            self.take_environment(auth)
        if auth and self.recognised is not None and self.endpoint is not None:
            self.check_fit(auth, self.recognised)
            wiring = self.wired(auth, self.recognised, self.endpoint)
            self.check_name(wiring.name)
            self.check_credential(wiring)
            self.wiring = wiring
        return self.cleaned_data

    def take_environment(self, auth: str) -> None:
        """Host and key come from one pair of the environment, and from nowhere else."""
        pair = self.pairs.get(auth)
        if pair is not None:
            self.take_pair(pair.endpoint, pair.address)
        elif self.connection is not None and self.endpoint not in (None, self.connection.endpoint):
            self.add_error(
                "address", "A key from the environment stays with its address. Choose another way to sign in."
            )

    def take_pair(self, endpoint: Recognised, variable: str) -> None:
        if self.recognised is not None and self.recognised.url != endpoint.url:
            self.add_error(
                "address", f"The address comes from {variable}: {endpoint.url}. Leave this field empty."
            )
            return
        try:
            self.recognised, self.endpoint = checked(endpoint.url)
        except ValidationError as error:
            self.add_error("auth", error)

    def check_fit(self, auth: str, found: Recognised) -> None:
        """Some endpoints take only one way to sign in."""
        if found.auth == "entra" and auth != "entra":
            self.add_error(
                "auth", "A project takes Microsoft Entra ID only. Use the resource's own address for a key."
            )
        elif found.auth == "key" and auth == "entra":
            self.add_error("auth", f"{found.title} does not take Microsoft Entra ID.")

    def wired(self, auth: str, found: Recognised, endpoint: Endpoint) -> Wiring:
        clean, kept = self.cleaned_data, self.connection
        is_entra = auth == "entra"
        cloud = (clean.get("cloud") if is_entra else "") or found.cloud or "public"
        return Wiring(
            name=clean.get("name") or (kept.name if kept else found.name),
            kind=kept.kind if kept is not None and kept.endpoint == endpoint else found.kind,
            endpoint=endpoint,
            auth_kind="env" if auth.startswith("env:") else auth,
            secret_env=auth.removeprefix("env:") if auth.startswith("env:") else "",
            credential=(clean.get("credential") or "default") if is_entra else "",
            tenant_id=clean.get("tenant_id", "") or found.tenant if is_entra else "",
            client_id=clean.get("client_id", "") if is_entra else "",
            cloud=cloud,
            scope=(clean.get("scope") or found.scope or CLOUDS[cloud].data_scopes[0]) if is_entra else "",
        )

    def check_name(self, name: str) -> None:
        others = Connection.objects.filter(workspace=self.workspace, name__iexact=name)
        if self.connection is not None:
            others = others.exclude(pk=self.connection.pk)
        if others.exists():
            self.add_error("name", f"There is a connection named {name} already. Choose another name.")

    def check_credential(self, wiring: Wiring) -> None:
        """What was stored for another host, tenant or way to sign in is asked for again."""
        if wiring.auth_kind == "entra" and wiring.credential in NEEDS_IDENTITY:
            for field, value in (("tenant_id", wiring.tenant_id), ("client_id", wiring.client_id)):
                if not value and field not in self.errors:
                    self.add_error(field, "This credential needs it.")
        before = self.connection
        required = "Type the credential."
        if (
            before is not None
            and before.wiring.purpose == wiring.purpose
            and before.stored_secret is not None
        ):
            asks_again = before.wiring.asks_again(replace(wiring, name=""))
            required = (
                "The address or the sign-in changed, so the credential must be typed again."
                if asks_again
                else ""
            )
        self.check_secret(wiring.purpose, required=required)


def initial(connection: Connection) -> dict[str, Any]:
    """What the form shows of a connection; never its secret."""
    is_env = connection.auth_kind == "env"
    return {
        "address": connection.url,
        "auth": f"env:{connection.secret_env}" if is_env else connection.auth_kind,
        "credential": connection.credential,
        "tenant_id": connection.tenant_id,
        "client_id": connection.client_id,
        "scope": connection.scope,
        "cloud": connection.cloud if connection.auth_kind == "entra" else "",
        "name": connection.name,
        "version": connection.version,
    }
