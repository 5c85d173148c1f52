"""What is being worked at and what failed lately, over all kinds: objects of resources, and jobs of the console."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from console import access
from console.models import Item, Job
from console.v1 import parse
from console.views.shown_kinds import SHOWN, url_of

WORKING = ("batch", "eval_run", "fine_tuning_job", "response", "vector_store")
OPEN = frozenset(
    {
        *("cancelling", "created", "finalizing", "in_progress", "pausing", "pending", "queued", "resuming"),
        *("running", "validating", "validating_files"),
    }
)
FAILED = frozenset({"failed", "error"})
LATELY = timedelta(days=1)
MOST = 8


@dataclass(frozen=True)
class Work:
    """One line: `done` of `total` parts, None where that is not told; `ends` is when it should be over."""

    title: str
    noun: str
    icon: str
    url: str
    state: str
    since: datetime | None
    done: int | None = None
    total: int | None = None
    ends: datetime | None = None
    reason: str = ""

    @property
    def seconds_left(self) -> float | None:
        left = (self.ends - timezone.now()).total_seconds() if self.ends else None
        return left if left is not None and left > 0 else None

    def as_json(self) -> dict[str, Any]:
        names = ("title", "noun", "url", "state", "since", "done", "total", "ends", "reason")
        return {name: getattr(self, name) for name in names}


def running(user: Any) -> list[Work]:
    """What is under way, the newest first."""
    items = access.items_of_kinds(user, WORKING).present().filter(status__in=OPEN)
    jobs = access.jobs_for(user).open()
    return latest([*map(of_item, newest(items)), *map(of_job, jobs[:MOST])])


def failed(user: Any) -> list[Work]:
    """What failed within a day, the newest first."""
    since = timezone.now() - LATELY
    ended = Q(remote_updated_at__gte=since) | Q(remote_updated_at=None, remote_created_at__gte=since)
    items = access.items_of_kinds(user, WORKING).present().filter(ended, status__in=FAILED)
    jobs = access.jobs_for(user).filter(
        state__in=[Job.State.FAILED, Job.State.UNKNOWN], finished_at__gte=since
    )
    return latest([*map(of_item, newest(items)), *map(of_job, jobs[:MOST])])


def newest(items: Any) -> list[Item]:
    return list(items.order_by("-remote_created_at", "-id")[:MOST])


def latest(found: list[Work]) -> list[Work]:
    return sorted(found, key=lambda one: one.since.timestamp() if one.since else 0.0, reverse=True)[:MOST]


def of_item(item: Item) -> Work:
    shown = SHOWN[item.kind]
    done, total = progress(item)
    return Work(
        title=item.name,
        noun=f"{shown.one} on {item.connection.name}",
        icon=shown.icon,
        url=url_of(item),
        state=item.status,
        since=item.remote_created_at or item.first_seen_at,
        done=done,
        total=total,
        ends=parse.time(item.raw.get("estimated_finish")),
        reason=parse.text(parse.path(item.raw, "error", "message")),
    )


def progress(item: Item) -> tuple[int | None, int | None]:
    """How many parts of an object are done, and of how many; runs of evals tell only of those that are done."""
    counts = parse.mapping(item.raw.get("request_counts") or item.raw.get("file_counts"))
    total = parse.integer(counts.get("total"))
    if not total:
        return None, None
    ended = (parse.integer(counts.get(name)) for name in ("completed", "failed", "cancelled"))
    return min(sum(one or 0 for one in ended), total), total


def of_job(job: Job) -> Work:
    return Work(
        title=job.title,
        noun=f"Job of {job.created_by.get_username() if job.created_by else 'the console'}"
        + (f" on {job.connection.name}" if job.connection else ""),
        icon="clock",
        url=reverse("job", args=[job.pk]),
        state=job.state,
        since=job.created_at,
        done=job.done if job.total else None,
        total=job.total,
        reason=job.error_message,
    )
