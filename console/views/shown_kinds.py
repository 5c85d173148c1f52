"""What each kind of object of the index is called on pages, and where one of them is shown."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from console.models import Item


@dataclass(frozen=True)
class ShownKind:
    """`title` names many, `one` a single object, `icon` is a symbol of static/icons.svg."""

    kind: str
    title: str
    one: str
    icon: str


SHOWN: dict[str, ShownKind] = {
    one.kind: one
    for one in (
        ShownKind("deployment", "Deployments", "Deployment", "server"),
        ShownKind("model", "Models", "Model", "cube"),
        ShownKind("file", "Files", "File", "file"),
        ShownKind("vector_store", "Vector stores", "Vector store", "layers"),
        ShownKind("fine_tuning_job", "Fine-tuning jobs", "Fine-tuning", "curve"),
        ShownKind("batch", "Batches", "Batch", "stack"),
        ShownKind("eval", "Evals", "Eval", "checklist"),
        ShownKind("eval_run", "Runs of evals", "Run of an eval", "checklist"),
        ShownKind("response", "Responses", "Response", "bolt"),
        ShownKind("stored_completion", "Stored completions", "Stored completion", "archive"),
        ShownKind("conversation", "Conversations", "Conversation", "message"),
        ShownKind("container", "Containers", "Container", "chip"),
    )
}


def url_of(item: Item) -> str:
    """The page of an object; "" for a kind that has none."""
    try:
        return reverse(item.kind.replace("_", "-"), args=[item.connection.slug, item.remote_id])
    except NoReverseMatch:
        return ""
