"""What each kind of object of the index is called on pages, and where one of them is shown."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from console.index import KINDS
from console.models import Connection, Item, Sync


@dataclass(frozen=True)
class ShownKind:
    """`title` names many, `one` a single object; `icon` is a symbol of static/icons.svg.

    `list_name` is the URL name of the list that shows them.
    """

    kind: str
    title: str
    one: str
    icon: str
    list_name: str


SHOWN: dict[str, ShownKind] = {
    one.kind: one
    for one in (
        ShownKind("deployment", "Deployments", "Deployment", "server", "deployments"),
        ShownKind("model", "Models", "Model", "cube", "models"),
        ShownKind("file", "Files", "File", "file", "files"),
        ShownKind("vector_store", "Vector stores", "Vector store", "layers", "vector-stores"),
        ShownKind("fine_tuning_job", "Fine-tuning jobs", "Fine-tuning", "curve", "fine-tuning-jobs"),
        ShownKind("batch", "Batches", "Batch", "stack", "batches"),
        ShownKind("eval", "Evals", "Eval", "checklist", "evals"),
        ShownKind("eval_run", "Runs of evals", "Run of an eval", "checklist", "evals"),
        ShownKind("response", "Responses", "Response", "bolt", "responses"),
        ShownKind(
            "stored_completion", "Stored completions", "Stored completion", "archive", "stored-completions"
        ),
        ShownKind("conversation", "Conversations", "Conversation", "message", "conversations"),
        ShownKind("container", "Containers", "Container", "chip", "containers"),
    )
}


def kinds_of(connection: Connection) -> list[tuple[ShownKind, Sync | None]]:
    """What a connection can have, a kind for each list that there is, with the last reading of it."""
    syncs = {sync.kind: sync for sync in connection.syncs.all()}
    found: dict[str, tuple[ShownKind, Sync | None]] = {}
    for name, shown in SHOWN.items():
        if KINDS[name].applies(connection):
            found.setdefault(shown.list_name, (shown, syncs.get(name)))
    return list(found.values())


def url_of(item: Item) -> str:
    """The page of an object; "" for a kind that has none."""
    try:
        return reverse(item.kind.replace("_", "-"), args=[item.connection.slug, item.remote_id])
    except NoReverseMatch:
        return ""
