"""Connections: an endpoint, how to sign in to it, and the only way to a client for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.text import slugify

from console.models import audit
from console.models.secret import Secret
from console.outbound.clouds import hosts_beside
from console.outbound.errors import BlockedByPolicy
from console.outbound.policy import Endpoint

if TYPE_CHECKING:
    from console.arm.client import ArmClient
    from console.models.user import User
    from console.models.workspace import Workspace
    from console.v1.client import Client


class Stale(Exception):
    """Somebody else has changed the connection since it was read; nothing was written."""


@dataclass(frozen=True)
class Wiring:
    """What people choose about a connection: where it leads and how to sign in there."""

    name: str
    kind: str
    endpoint: Endpoint
    auth_kind: str
    secret_env: str = ""
    credential: str = ""
    tenant_id: str = ""
    client_id: str = ""
    cloud: str = "public"
    scope: str = ""

    @property
    def purpose(self) -> str:
        """What its stored credential is; empty when none is stored."""
        if self.auth_kind == "key":
            return str(Secret.Purpose.API_KEY)
        stored = {
            "client_secret": Secret.Purpose.CLIENT_SECRET,
            "client_certificate": Secret.Purpose.CERTIFICATE,
        }
        return str(stored.get(self.credential, "")) if self.auth_kind == "entra" else ""

    def told(self) -> dict[str, str]:
        """The fields as the audit and a page of differences tell them."""
        return {
            "name": self.name,
            "kind": self.kind,
            "url": self.endpoint.url,
            "auth_kind": self.auth_kind,
            "secret_env": self.secret_env,
            "credential": self.credential,
            "tenant_id": self.tenant_id,
            "client_id": self.client_id,
            "cloud": self.cloud,
            "scope": self.scope,
        }

    def asks_again(self, other: "Wiring") -> bool:
        """Whether a credential that was typed for `other` must not be used here before it was typed again."""
        return replace(self, name="", scope="") != replace(other, name="", scope="")


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> Self:
        return self.filter(paused_at=None)

    def leading_to(self, endpoint: Endpoint) -> Self:
        """Connections to the resource of an endpoint, by whichever of its hosts."""
        hosts = hosts_beside(endpoint.host)
        return self.filter(
            scheme=endpoint.scheme, host__in=hosts, port=endpoint.port, base_path=endpoint.base_path
        )

    def counted(self) -> Self:
        """Add `models_count` and `deployments_count`: what the index holds of each."""
        return self.annotate(
            models_count=Count("items", filter=Q(items__kind="model", items__gone_at=None)),
            deployments_count=Count("items", filter=Q(items__kind="deployment", items__gone_at=None)),
        ).order_by("name")


class Connection(models.Model):
    class Kind(models.TextChoices):
        AZURE = "azure", "Azure OpenAI"
        SIMULATOR = "simulator", "Simulator"
        OPENAI = "openai", "OpenAI"
        XAI = "xai", "xAI"
        DEEPSEEK = "deepseek", "DeepSeek"
        CUSTOM = "custom", "OpenAI-compatible"

    class Auth(models.TextChoices):
        KEY = "key", "API key"
        ENTRA = "entra", "Microsoft Entra ID"
        ENV = "env", "Key from the environment"

    class Credential(models.TextChoices):
        DEFAULT = "default", "Default chain"
        MANAGED_IDENTITY = "managed_identity", "Managed identity"
        WORKLOAD_IDENTITY = "workload_identity", "Workload identity"
        CLIENT_SECRET = "client_secret", "Client secret"
        CLIENT_CERTIFICATE = "client_certificate", "Client certificate"
        AZURE_CLI = "azure_cli", "Azure CLI"

    workspace = models.ForeignKey("console.Workspace", models.CASCADE, related_name="connections")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    scheme = models.CharField(max_length=5)
    host = models.CharField(max_length=253)
    port = models.IntegerField()
    base_path = models.CharField(max_length=300, blank=True)
    auth_kind = models.CharField(max_length=8, choices=Auth)
    secret_env = models.CharField(
        max_length=100, blank=True, help_text="The environment variable that holds the key."
    )
    credential = models.CharField(max_length=20, choices=Credential, blank=True)
    tenant_id = models.CharField(max_length=64, blank=True)
    client_id = models.CharField(max_length=64, blank=True)
    cloud = models.CharField(max_length=12, default="public")
    scope = models.CharField(max_length=100, blank=True)
    account_id = models.CharField(
        max_length=400, blank=True, help_text="The ARM id of the resource, once found."
    )
    paused_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    error_kind = models.CharField(
        max_length=40, blank=True, help_text="Of the last check; empty when it went well."
    )
    error_message = models.TextField(blank=True)
    region = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(
        default=1, help_text="Counts every change, so that no one overwrites another's."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="one_connection_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.scheme, self.host, self.port, self.base_path)

    @property
    def origin(self) -> str:
        return self.endpoint.origin

    @property
    def url(self) -> str:
        return self.endpoint.url

    @property
    def is_simulated(self) -> bool:
        return self.kind == self.Kind.SIMULATOR

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def state(self) -> str:
        """The health that a list shows: paused, unchecked, failed or healthy."""
        if self.is_paused:
            return "paused"
        if self.checked_at is None:
            return "unchecked"
        return "failed" if self.error_kind else "healthy"

    @property
    def label(self) -> str:
        """The name as a select tells it."""
        notes = {"failed": " (last check failed)", "paused": " (paused)"}
        return self.name + notes.get(self.state, "")

    @property
    def stored_secret(self) -> Secret | None:
        return Secret.objects.filter(connection=self).first()

    @property
    def target(self) -> audit.Target:
        return audit.Target("connection", str(self.pk), self.name)

    @property
    def wiring(self) -> Wiring:
        return Wiring(
            self.name,
            self.kind,
            self.endpoint,
            self.auth_kind,
            self.secret_env,
            self.credential,
            self.tenant_id,
            self.client_id,
            self.cloud,
            self.scope,
        )

    @wiring.setter
    def wiring(self, wiring: Wiring) -> None:
        endpoint = wiring.endpoint
        self.name, self.kind = wiring.name, wiring.kind
        self.scheme, self.host, self.port = endpoint.scheme, endpoint.host, endpoint.port
        self.base_path = endpoint.base_path
        self.auth_kind, self.secret_env, self.credential = (
            wiring.auth_kind,
            wiring.secret_env,
            wiring.credential,
        )
        self.tenant_id, self.client_id = wiring.tenant_id, wiring.client_id
        self.cloud, self.scope = wiring.cloud, wiring.scope

    def client(self, actor: Any) -> "Client":
        """Return a v1 client whose changes are recorded as done by `actor` (a user or an audit.Actor).

        Raises BlockedByPolicy while the connection is paused, and CredentialUnreadable.
        """
        from console.models.audit_recorder import Recorder
        from console.models.secret import auth_for
        from console.v1.client import Client

        self.check_running()
        who = actor if isinstance(actor, audit.Actor) else audit.Actor.of(actor)
        return Client(self.endpoint, auth_for(self), Recorder(self, who), provider=self.kind)

    def arm(self) -> "ArmClient | None":
        """Return a client for the management plane; None where the connection has no Entra identity.

        Raises BlockedByPolicy while the connection is paused, and CredentialUnreadable.
        """
        from console.arm.client import ArmClient
        from console.models.secret import arm_auth_for, arm_url

        self.check_running()
        auth = arm_auth_for(self)
        return ArmClient(arm_url(self), auth) if auth else None

    def check_running(self) -> None:
        """Raise BlockedByPolicy while the connection is paused."""
        if self.is_paused:
            raise BlockedByPolicy(
                f"The connection {self.name} is paused. Nothing was sent.",
                remedy="Somebody who manages connections can resume it on its page.",
                sent=False,
            )

    @classmethod
    @transaction.atomic
    def add(
        cls, workspace: "Workspace", wiring: Wiring, *, secret: str = "", user: "User | None" = None
    ) -> "Connection":
        """Make a connection with its credential; `user` is None for what the system adds by itself."""
        connection = cls(workspace=workspace, created_by=user, slug=free_slug(wiring.name))
        connection.wiring = wiring
        connection.save()
        changes = {field: [None, value] for field, value in wiring.told().items() if value}
        audit.record("connection.created", target=connection.target, connection=connection, changes=changes)
        if secret and wiring.purpose:
            connection.set_secret(wiring.purpose, secret, user=user)
        return connection

    @transaction.atomic
    def change(self, wiring: Wiring, *, version: int, secret: str = "", user: "User | None" = None) -> None:
        """Take over settings that were made from `version`; raises Stale when that is not the present one."""
        stored = Connection.objects.select_for_update().get(pk=self.pk)
        if stored.version != version:
            raise Stale
        before, after = stored.wiring.told(), wiring.told()
        is_elsewhere = stored.endpoint != wiring.endpoint
        asks_again = stored.wiring.asks_again(wiring)
        self.wiring, self.version = wiring, version + 1
        if is_elsewhere:
            self.account_id = self.region = ""
        if asks_again:
            self.checked_at, self.error_kind, self.error_message = None, "", ""
        self.save()
        changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
        action = "connection.host_changed" if stored.origin != self.origin else "connection.updated"
        if changes:
            audit.record(action, target=self.target, connection=self, changes=changes)
        if secret and wiring.purpose:
            self.set_secret(wiring.purpose, secret, user=user)
        elif asks_again:
            Secret.objects.filter(connection=self).delete()

    def set_secret(self, purpose: str, text: str, *, user: "User | None") -> Secret:
        """Store the credential, in the transaction of the change that brings it."""
        before = self.stored_secret
        secret = Secret.put(self, purpose, text, by=user.get_username() if user else "system")
        audit.record(
            "connection.credential_rotated" if before else "connection.credential_set",
            target=self.target,
            connection=self,
            changes={"fingerprint": [before.fingerprint if before else None, secret.fingerprint]},
        )
        return secret

    @transaction.atomic
    def replace_credential(self, text: str, *, user: Any) -> Secret:
        """Store a new credential; the old one is gone and each later call uses the new one."""
        stored = Connection.objects.select_for_update().get(pk=self.pk)
        self.version = stored.version + 1
        self.checked_at, self.error_kind, self.error_message = None, "", ""
        self.save(update_fields=["version", "checked_at", "error_kind", "error_message", "updated_at"])
        return self.set_secret(stored.wiring.purpose, text, user=user)

    @transaction.atomic
    def pause(self) -> None:
        """Make no calls any more until it is resumed; pausing twice changes nothing."""
        if Connection.objects.filter(pk=self.pk, paused_at=None).update(paused_at=timezone.now()):
            audit.record("connection.paused", target=self.target, connection=self)

    @transaction.atomic
    def resume(self) -> None:
        if Connection.objects.filter(pk=self.pk).exclude(paused_at=None).update(paused_at=None):
            audit.record("connection.resumed", target=self.target, connection=self)

    @transaction.atomic
    def remove(self) -> None:
        """Forget the connection, its credential and its index; its answers and the audit trail stay."""
        changes = {field: [value, None] for field, value in self.wiring.told().items() if value}
        audit.record("connection.removed", target=self.target, connection=self, changes=changes)
        self.delete()


def reachable_first(connections: Iterable[Connection]) -> list[Connection]:
    """Return them in their order, those whose last check failed behind the others."""
    return sorted(connections, key=lambda one: one.state == "failed")


def free_slug(name: str) -> str:
    """Return a slug for `name` that no connection has."""
    base = slugify(name)[:50].strip("-") or "connection"
    taken = set(Connection.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )
