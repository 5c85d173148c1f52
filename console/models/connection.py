"""Connections: an endpoint, how to sign in to it, and the only way to a client for it."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from console.models import audit
from console.models.secret import Secret
from console.outbound.policy import Endpoint

if TYPE_CHECKING:
    from console.arm.client import ArmClient
    from console.v1.client import Client


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> Self:
        return self.filter(paused_at=None)


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
    secret_env = models.CharField(max_length=100, blank=True, help_text="The environment variable that holds the key.")
    credential = models.CharField(max_length=20, choices=Credential, blank=True)
    tenant_id = models.CharField(max_length=64, blank=True)
    client_id = models.CharField(max_length=64, blank=True)
    cloud = models.CharField(max_length=12, default="public")
    scope = models.CharField(max_length=100, blank=True)
    account_id = models.CharField(max_length=400, blank=True, help_text="The ARM id of the resource, once found.")
    paused_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    error_kind = models.CharField(max_length=40, blank=True, help_text="Of the last check; empty when it went well.")
    error_message = models.TextField(blank=True)
    region = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=1, help_text="Counts every change, so that no one overwrites another's.")
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
    def target(self) -> audit.Target:
        return audit.Target("connection", str(self.pk), self.name)

    def client(self, actor: Any) -> "Client":
        """Return a v1 client whose changes are recorded as done by `actor` (a user or an audit.Actor)."""
        from console.models.secret import auth_for
        from console.v1.client import Client

        who = actor if isinstance(actor, audit.Actor) else audit.Actor.of(actor)
        return Client(self.endpoint, auth_for(self), audit.Recorder(self, who), provider=self.kind)

    def arm(self) -> "ArmClient | None":
        """Return a client for the management plane; None where the connection has no Entra identity."""
        from console.arm.client import ArmClient
        from console.models.secret import arm_auth_for, arm_url

        auth = arm_auth_for(self)
        return ArmClient(arm_url(self), auth) if auth else None

    @transaction.atomic
    def pause(self) -> None:
        self.paused_at = timezone.now()
        self.save(update_fields=["paused_at", "updated_at"])
        audit.record("connection.paused", target=self.target, connection=self)

    @transaction.atomic
    def resume(self) -> None:
        self.paused_at = None
        self.save(update_fields=["paused_at", "updated_at"])
        audit.record("connection.resumed", target=self.target, connection=self)

    @transaction.atomic
    def replace_credential(self, text: str, *, by: str) -> Secret:
        """Store a new credential; the old one is gone and each later call uses the new one."""
        purpose = self.secret.purpose
        secret = Secret.put(self, purpose, text, by=by)
        audit.record(
            "connection.credential_rotated",
            target=self.target,
            connection=self,
            changes={"fingerprint": ["", secret.fingerprint]},
        )
        return secret

    @transaction.atomic
    def remove(self) -> None:
        """Forget the connection, its credential and its index; the answers that it gave stay."""
        audit.record("connection.removed", target=self.target, connection=self, changes={"url": [self.url, None]})
        self.delete()


class RouteProbe(models.Model):
    """What the last probe of one route of the v1 API found on a connection (console/v1/routes.py)."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="probes")
    route = models.CharField(max_length=80)
    result = models.CharField(max_length=16)
    sentence = models.TextField(blank=True)
    status = models.IntegerField(null=True)
    elapsed_ms = models.IntegerField(null=True)
    request_id = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "route"], name="one_probe_a_route")]

    def __str__(self) -> str:
        return f"{self.route}: {self.result}"
