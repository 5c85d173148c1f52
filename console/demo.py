"""What `manage.py up` makes: connections to the simulator and to the model of this machine, and the first talks."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from console.index import conversations as known_conversations
from console.index import responses as known_responses
from console.index.origins import Origin
from console.models import AuditEvent, Connection, Item, Workspace
from console.models.audit import Actor
from console.models.connection import Wiring
from console.models.secret import stored_text
from console.outbound.clouds import CLOUDS
from console.outbound.policy import Endpoint
from console.v1 import conversations, responses
from console.v1.client import Client

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


QUESTIONS = (
    "Which tent do you recommend for three nights of rain in the Harz, for two people and a dog?",
    "And if it has to fit on a bicycle?",
    "Write the packing list for that as a table.",
)
MODEL = "gpt-5-mini"
SYSTEM = Actor()
TALK = (
    {"type": "message", "role": "developer", "content": "You answer customers of an outdoor shop, briefly."},
    {"type": "message", "role": "user", "content": "The zip of my tent is torn. Is that covered?"},
    {"type": "message", "role": "assistant", "content": "Yes, for two years. Shall I send you a label?"},
)
ASKED_IN_IT = "Yes, please. How long does a repair take?"


def begin_talks() -> None:
    """Ask a chain of questions in the background, and one in a conversation; once.

    The API lists neither responses nor conversations: the index knows those that the console has made.
    """
    connection = Connection.objects.active().filter(name=WITH_KEY[0], created_by=None).first()
    if connection is None or Item.objects.filter(connection=connection, kind="response").exists():
        return
    with connection.client(SYSTEM) as client:
        previous = ""
        for question in QUESTIONS:
            previous = begin(connection, client, question, {"previous_response_id": previous or None})
        metadata = {"title": "A torn zip", "channel": "mail"}
        talk = conversations.create(client, conversations.body(items=TALK, metadata=metadata))
        known_conversations.remember(connection, talk, Origin(way="form", by=SYSTEM.label))
        begin(connection, client, ASKED_IN_IT, {"conversation": talk.id})


def begin(connection: Connection, client: Client, question: str, more: dict[str, Any]) -> str:
    body = responses.body(MODEL, question, {"reasoning": {"summary": "auto"}, **more})
    made = responses.start(client, body, label=MODEL)
    origin = Origin(title=question, way="background", by=SYSTEM.label, deployment=MODEL)
    known_responses.remember(connection, made, origin)
    return made.id


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
