"""The connections that `manage.py up` makes: the simulator's resources, and the model of this machine."""

from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings

from console.models import AuditEvent, Connection, Workspace
from console.models.connection import Wiring
from console.models.secret import stored_text
from console.outbound.clouds import CLOUDS
from console.outbound.policy import Endpoint

TENANT = "7e4a0000-0000-4000-8000-000000000001"
CLIENT = "c11e0000-0000-4000-8000-000000000001"
WITH_KEY = ("contoso-eastus2", "fabrikam-models", "contoso-legacy")
WITH_ENTRA = ("contoso-sweden",)  # keys are switched off there, as many companies do


def add_simulated(workspace: Workspace) -> None:
    """Connect to the simulator's resources, each once; lead them to where the simulator is now.

    One that somebody has removed does not come back.
    """
    for name in (*WITH_KEY, *WITH_ENTRA):
        endpoint = at(settings.SIMULATOR_URL, f"/resources/{name}/openai/v1")
        wiring = Wiring(name, Connection.Kind.SIMULATOR, endpoint, "key")
        if name in WITH_ENTRA:
            wiring = replace(
                wiring,
                auth_kind="entra",
                credential=Connection.Credential.CLIENT_SECRET,
                tenant_id=TENANT,
                client_id=CLIENT,
                scope=CLOUDS["public"].data_scopes[0],
            )
        keep(workspace, wiring, settings.SIMULATOR_KEY)


def add_local_model(workspace: Workspace) -> None:
    """Connect to the model server of this machine, once; lead it to where that is now."""
    endpoint = at(settings.LOCAL_MODEL_URL, "/v1")
    keep(workspace, Wiring("local-model", Connection.Kind.CUSTOM, endpoint, "key"), settings.LOCAL_MODEL_KEY)


def at(origin: str, path: str) -> Endpoint:
    parts = urlsplit(origin)
    return Endpoint(parts.scheme, parts.hostname or "", parts.port or 80, path)


def keep(workspace: Workspace, wiring: Wiring, secret: str) -> None:
    """Make the connection unless it was made before; bring its address and its credential up to date."""
    ours = Connection.objects.filter(workspace=workspace, created_by=None)
    connection = ours.filter(name=wiring.name, kind=wiring.kind).first()
    if connection is None:
        if not was_made(wiring.name):
            Connection.add(workspace, wiring, secret=secret)
    elif connection.endpoint != wiring.endpoint:
        moved = replace(connection.wiring, endpoint=wiring.endpoint)
        connection.change(moved, version=connection.version, secret=secret)
    elif stored_text(connection) != secret:
        connection.replace_credential(secret, user=None)


def was_made(name: str) -> bool:
    """Whether the system has ever made a connection of that name, or somebody else has one."""
    made = AuditEvent.objects.filter(action="connection.created", actor_type="system", target_label=name)
    return made.exists() or Connection.objects.filter(name=name).exists()
