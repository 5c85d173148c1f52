"""What is asked of a resource and must happen once: a response in the background, a conversation, items of one.

None of the three can be found again by a mark: there is no list of them. A cut attempt is not repeated.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.urls import reverse

from console import jobs
from console.index import conversations as known_conversations
from console.index import remember_deployment
from console.index import responses as known_responses
from console.index.origins import Origin
from console.models import Connection, Job
from console.once import done_once, kept_errors, made_once, of
from console.v1 import conversations, responses
from console.v1.items import text_of
from console.v1.parameters import wire

START = "response.start"
BEGIN = "conversation.begin"
ADD = "conversation.add"


@dataclass(frozen=True)
class NewResponse:
    """What a form asks for; `parameters` are only those that were set, as `wire` takes them."""

    key: str
    model: str
    input: str
    instructions: str = ""
    previous: str = ""
    conversation: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    def body(self, connection: Connection) -> dict[str, Any]:
        """The body of POST /responses, without what makes it run in the background."""
        sent = wire(self.parameters, api="responses", provider=connection.kind, model=self.model)
        more = {
            "instructions": self.instructions,
            "previous_response_id": self.previous,
            "conversation": self.conversation,
            "metadata": self.metadata,
        }
        told = {name: value for name, value in more.items() if value}
        return responses.body(self.model, self.input, {**sent, **told})


@dataclass(frozen=True)
class NewConversation:
    """A conversation with the items that it begins with."""

    key: str
    items: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return conversations.body(items=self.items, metadata=self.metadata)


def start(connection: Connection, user: Any, asked: NewResponse) -> Job:
    """Begin a response in the background, or find the one that this form began."""
    return done_once(
        START,
        title=f"Ask {asked.model} in the background",
        effect=Job.Effect.BILLABLE,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("responses"),
        arguments=asdict(asked),
    )


def begin(connection: Connection, user: Any, asked: NewConversation) -> Job:
    """Begin a conversation, or find the one that this form began."""
    return done_once(
        BEGIN,
        title="Begin a conversation",
        effect=Job.Effect.UNMARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("conversations"),
        arguments=asdict(asked),
    )


def add(
    connection: Connection, user: Any, conversation_id: str, *, key: str, items: list[dict[str, Any]]
) -> Job:
    """Append items to a conversation, once for each form."""
    return done_once(
        ADD,
        title="Add to a conversation",
        effect=Job.Effect.UNMARKED,
        connection=connection,
        user=user,
        key=key,
        url=reverse("conversation", args=[connection.slug, conversation_id]),
        arguments={"conversation": conversation_id, "items": items},
    )


@jobs.handles(START)
def start_response(job: Job) -> None:
    asked, connection = NewResponse(**job.arguments), of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        response = made_once(job, lambda: responses.start(client, asked.body(connection), label=asked.model))
    job.keep({"response": response.id})
    remember_deployment(connection, asked.model, response.model)
    origin = Origin(title=asked.input, way="background", by=maker(job), deployment=asked.model)
    known_responses.remember(connection, response, origin)
    Job.objects.filter(pk=job.pk).update(url=reverse("response", args=[connection.slug, response.id]))


@jobs.handles(BEGIN)
def begin_conversation(job: Job) -> None:
    asked, connection = NewConversation(**job.arguments), of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        made = made_once(job, lambda: conversations.create(client, asked.body()))
    job.keep({"conversation": made.id})
    title = next((text for one in asked.items if (text := text_of(one))), "")
    known_conversations.remember(connection, made, Origin(title=title, way="form", by=maker(job)))
    Job.objects.filter(pk=job.pk).update(url=reverse("conversation", args=[connection.slug, made.id]))


@jobs.handles(ADD)
def add_items(job: Job) -> None:
    conversation_id, items = job.arguments["conversation"], job.arguments["items"]
    with kept_errors(job), of(job).client(job.actor) as client:
        made_once(job, lambda: conversations.add_items(client, conversation_id, items))


def maker(job: Job) -> str:
    return job.created_by.username if job.created_by else ""
