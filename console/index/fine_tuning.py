"""Reads the fine-tuning jobs of a resource, which files and models each names, and follows those under way."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from console.index.files import KIND as FILE
from console.index.models import KIND as MODEL
from console.index.reading import Batch, NotOffered, Reading
from console.models import Connection, Item, Sync, audit
from console.models.seen import Seen, label
from console.outbound.errors import NotFound, UpstreamError
from console.v1 import fine_tuning
from console.v1.client import Client
from console.v1.fine_tuning import ENDED, FineTuningJob

KIND = "fine_tuning_job"
NOT_OFFERED = "This resource does not offer fine-tuning: its list of jobs answers 404."
HAVING = frozenset(
    {Connection.Kind.AZURE, Connection.Kind.SIMULATOR, Connection.Kind.OPENAI, Connection.Kind.CUSTOM}
)
FOLLOWED_EVERY = timedelta(seconds=60)
FOLLOWED_AT_ONCE = 50


def may_tune(connection: Connection) -> bool:
    """Whether the provider may have fine-tuning jobs in OpenAI's shape."""
    return connection.kind in HAVING


def read(connection: Connection, after: str) -> Reading:
    """The jobs page by page, from a cursor on. Raises NotOffered."""
    return Reading("list", listed(connection, after))


def listed(connection: Connection, after: str) -> Iterator[Batch]:
    with connection.client(audit.Actor()) as client:
        try:
            for page in fine_tuning.pages(client, after=after):
                yield Batch([seen(one) for one in page.rows], page.after)
        except NotFound:
            raise NotOffered(NOT_OFFERED) from None


def seen(job: FineTuningJob) -> Seen:
    """A job for the index; it is called by its suffix, else by the model it made, else by its id."""
    files = {job.training_file, job.validation_file, *job.result_files} - {""}
    models = {job.model, job.fine_tuned_model} - {""}
    facts = {"method": job.method, "base": job.model}
    return Seen(
        remote_id=job.id,
        name=job.suffix or job.fine_tuned_model or job.id,
        raw=job.raw,
        status=job.status,
        labels=frozenset(label(name, value) for name, value in facts.items() if value),
        refs=frozenset({(FILE, one) for one in files} | {(MODEL, one) for one in models}),
        size=job.trained_tokens,
        created_at=job.created,
        updated_at=job.finished,
    )


def remember(connection: Connection, job: FineTuningJob) -> Item:
    """Keep what a call told of one job, before a listing does."""
    rows = Item.objects.filter(connection=connection, kind=KIND, remote_id=job.id)
    is_news = not rows.present().exists()
    Item.objects.take_in(connection.pk, KIND, [seen(job)])
    if is_news:
        Sync.count_one(connection.pk, KIND, by=1)
    item: Item = rows.select_related("connection").get()
    return item


def forget(connection: Connection, job_id: str) -> None:
    """Note that a job is gone."""
    if Item.objects.forget(connection.pk, KIND, job_id):
        Sync.count_one(connection.pk, KIND, by=-1)


def follow() -> int:
    """Read jobs under way again, those seen longest ago first; return how many were read.

    A whole listing is read every quarter of an hour; a job that trains changes by the minute.
    """
    active = Connection.objects.active().filter(kind__in=HAVING)
    open_jobs = Item.objects.present().filter(kind=KIND, connection__in=active).exclude(status__in=ENDED)
    waiting = open_jobs.filter(seen_at__lt=timezone.now() - FOLLOWED_EVERY).order_by("seen_at")
    by_connection: dict[int, list[Item]] = {}
    for item in waiting.select_related("connection")[:FOLLOWED_AT_ONCE]:
        by_connection.setdefault(item.connection_id, []).append(item)
    return sum(follow_on(items[0].connection, items) for items in by_connection.values())


def follow_on(connection: Connection, items: list[Item]) -> int:
    """Read some jobs of one connection; one that fails ends it, since the others would fail as well."""
    count = 0
    try:
        with connection.client(audit.Actor()) as client:
            for item in items:
                follow_one(client, connection, item.remote_id)
                count += 1
    except UpstreamError:
        return count
    return count


def follow_one(client: Client, connection: Connection, job_id: str) -> None:
    try:
        remember(connection, fine_tuning.get(client, job_id))
    except NotFound:
        forget(connection, job_id)
