"""Credentials at rest: AES-256-GCM bound to connection, purpose and host; the only code that decrypts them.

A ciphertext is `key id | nonce | sealed`, base64. The associated data names the row, so a ciphertext that was
copied to another row, or whose connection now points to another host, does not decrypt.
"""

import base64
import hashlib
import hmac
import os
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from console.models import environment
from console.outbound.auth import Auth, EntraAuth, EntraSettings, KeyAuth
from console.outbound.clouds import CLOUDS
from console.outbound.errors import CredentialUnreadable, UpstreamError

if TYPE_CHECKING:
    from console.models.connection import Connection
    from console.outbound.entra import Credential


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"console key id" + key).digest()[:4]


def seal(text: str, context: str) -> str:
    """Encrypt `text` with the newest key, bound to `context`."""
    key, nonce = settings.ENCRYPTION_KEYS[0], os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return base64.b64encode(key_id(key) + nonce + sealed).decode()


def unseal(ciphertext: str, context: str) -> str:
    """Decrypt; raises CredentialUnreadable when no key fits or the context is another one."""
    try:
        raw = base64.b64decode(ciphertext, validate=True)
        key = next(key for key in settings.ENCRYPTION_KEYS if key_id(key) == raw[:4])
        return AESGCM(key).decrypt(raw[4:16], raw[16:], context.encode()).decode()
    except (ValueError, StopIteration, InvalidTag):
        raise CredentialUnreadable(sent=False) from None


def fingerprint(text: str) -> str:
    """Eight hexadecimal digits to tell two credentials apart; keyed, so that they give nothing away."""
    keyed = hmac.new(settings.ENCRYPTION_KEYS[-1], b"fingerprint" + text.encode(), hashlib.sha256)
    return keyed.hexdigest()[:8]


class Secret(models.Model):
    """One credential of a connection: an API key, a client secret or a certificate with its key (PEM)."""

    class Purpose(models.TextChoices):
        API_KEY = "api_key", "API key"
        CLIENT_SECRET = "client_secret", "Client secret"
        CERTIFICATE = "certificate", "Client certificate"

    connection = models.OneToOneField("console.Connection", models.CASCADE, related_name="secret")
    purpose = models.CharField(max_length=20, choices=Purpose)
    ciphertext = models.TextField()
    fingerprint = models.CharField(max_length=8)
    version = models.IntegerField(default=1)
    set_by = models.CharField(max_length=150, blank=True)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.fingerprint}"

    @classmethod
    @transaction.atomic
    def put(cls, connection: "Connection", purpose: str, text: str, *, by: str) -> "Secret":
        """Set or replace the credential of `connection`; the old one is gone."""
        secret = cls.objects.filter(connection=connection).first() or cls(connection=connection, version=0)
        secret.purpose, secret.version = purpose, secret.version + 1
        secret.ciphertext = seal(text, secret.context(connection))
        secret.fingerprint, secret.set_by, secret.set_at = fingerprint(text), by, timezone.now()
        secret.save()
        connection.secret = secret
        return secret

    def context(self, connection: "Connection") -> str:
        return f"{connection.pk}|{self.purpose}|{connection.origin}"

    def reveal(self) -> str:
        """Return the credential; raises CredentialUnreadable (wrong key, other row, other host)."""
        return unseal(self.ciphertext, self.context(self.connection))

    @property
    def is_current(self) -> bool:
        """Whether it is encrypted with the newest key."""
        newest = base64.b64encode(key_id(settings.ENCRYPTION_KEYS[0])).decode()
        return self.ciphertext[:5] == newest[:5]

    def seal_again(self) -> bool:
        """Encrypt anew with the newest key; False when somebody has replaced the credential meanwhile.

        Raises CredentialUnreadable when no key fits.
        """
        sealed = seal(self.reveal(), self.context(self.connection))
        unchanged = Secret.objects.filter(pk=self.pk, ciphertext=self.ciphertext)
        return bool(unchanged.update(ciphertext=sealed))


def auth_for(connection: "Connection") -> Auth:
    """Return how to sign in to the data plane; raises CredentialUnreadable when nothing is there for it."""
    if connection.auth_kind == "entra":
        return entra(entra_settings(connection, connection.scope), version_of(connection))
    key = key_from_environment(connection) if connection.auth_kind == "env" else revealed(connection)
    if not key:
        raise missing()
    return KeyAuth(key, header="api-key" if connection.kind in {"azure", "simulator"} else "bearer")


def missing() -> CredentialUnreadable:
    return CredentialUnreadable(
        "This connection has no credential stored. Nothing was sent.",
        remedy="Somebody who manages connections can enter it on its page.",
        sent=False,
    )


def key_from_environment(connection: "Connection") -> str:
    key = environment.key_of(connection)
    if not key:
        raise CredentialUnreadable(
            f"{connection.secret_env}, which holds the key, is not set or belongs to another host.",
            remedy="Set it for the console's processes together with its address, then restart them.",
            sent=False,
        )
    return key


def arm_auth_for(connection: "Connection") -> Auth | None:
    """Return how to sign in to the management plane; None for a connection that has no Entra identity."""
    if connection.auth_kind != "entra":
        return None
    return entra(entra_settings(connection, CLOUDS[cloud_of(connection)].arm_scope), version_of(connection))


def arm_url(connection: "Connection") -> str:
    """Return the management plane's address; the simulator is its own."""
    return connection.origin if connection.is_simulated else CLOUDS[connection.cloud].arm_url


def token_expires_at(connection: "Connection") -> datetime | None:
    """Return when the token that this process holds for `connection` ends; None when it holds none."""
    if connection.auth_kind != "entra":
        return None
    try:
        return auth_for(connection).expires_at
    except UpstreamError:
        return None


def entra_settings(connection: "Connection", scope: str) -> EntraSettings:
    stored = revealed(connection)
    if connection.wiring.purpose and not stored:
        raise missing()
    certificate = connection.credential == connection.Credential.CLIENT_CERTIFICATE
    return EntraSettings(
        credential=cast("Credential", connection.credential),
        tenant_id=connection.tenant_id,
        client_id=connection.client_id,
        secret="" if certificate else stored,
        certificate=stored.encode() if certificate else b"",
        authority=connection.origin if connection.is_simulated else CLOUDS[connection.cloud].authority,
        scope=scope,
    )


def cloud_of(connection: "Connection") -> str:
    return "public" if connection.is_simulated else connection.cloud


def revealed(connection: "Connection") -> str:
    secret: Secret | None = getattr(connection, "secret", None)
    if secret is None:
        return ""
    secret.connection = connection
    return secret.reveal()


def stored_text(connection: "Connection") -> str:
    """Return the stored credential, empty when there is none or it cannot be decrypted."""
    try:
        return revealed(connection)
    except CredentialUnreadable:
        return ""


def version_of(connection: "Connection") -> tuple[int, int]:
    return connection.pk, connection.version


@lru_cache(maxsize=500)
def entra(settings: EntraSettings, _version: tuple[int, int]) -> EntraAuth:
    """One credential object for each connection and version of it, kept, so that its tokens are."""
    return EntraAuth(settings)
