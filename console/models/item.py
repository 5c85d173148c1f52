"""The index: every remote object that the console has seen, and each version of it.

One mechanism gives lists over all connections, search, history and drift for every kind of object.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone


@dataclass(frozen=True)
class Seen:
    """One remote object as a listing told it; `labels` are its facet values, `raw` its JSON."""

    remote_id: str
    name: str
    raw: dict[str, Any]
    status: str = ""
    family: str = ""
    labels: frozenset[str] = field(default_factory=frozenset)
    size: int | None = None
    retires_on: date | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def canonical(raw: dict[str, Any]) -> str:
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class ItemQuerySet(models.QuerySet["Item"]):
    def present(self) -> Self:
        return self.filter(gone_at=None)

    def labelled(self, label: str) -> Self:
        return self.filter(labels__contains=f" {label} ")

    def search(self, text: str) -> Self:
        words = text.split()
        found = self
        for word in words:
            found = found.filter(models.Q(name__icontains=word) | models.Q(remote_id__icontains=word))
        return found

    @transaction.atomic
    def take_in(self, connection_id: int, kind: str, seen: Iterable[Seen]) -> int:
        """Write what a listing page told, one revision for each object that changed; return how many there were."""
        rows = {one.remote_id: one for one in seen}
        known = {
            item.remote_id: item
            for item in self.filter(connection_id=connection_id, kind=kind, remote_id__in=rows)
        }
        now = timezone.now()
        changed, new, same = [], [], []
        for remote_id, one in rows.items():
            item = known.get(remote_id) or Item(connection_id=connection_id, kind=kind, remote_id=remote_id)
            differs = item.absorb(one, now)
            (new if item.pk is None else changed if differs else same).append(item)
        self.bulk_create(new, batch_size=500)
        self.bulk_update(changed, Item.OBSERVED, batch_size=200)
        self.filter(pk__in=[item.pk for item in same]).update(seen_at=now, gone_at=None)
        Revision.objects.bulk_create(
            [Revision(item=item, raw=item.raw, digest=item.digest, seen_at=now) for item in [*new, *changed]],
            batch_size=500,
        )
        return len(rows)

    def mark_gone(self, connection_id: int, kind: str, *, not_seen_since: datetime) -> int:
        """Mark what a complete listing no longer told as gone; return how many."""
        missing = self.present().filter(connection_id=connection_id, kind=kind, seen_at__lt=not_seen_since)
        return missing.update(gone_at=timezone.now())


class Item(models.Model):
    """A remote object of one connection, by kind ("model", "deployment", …) and the id the resource gave it."""

    OBSERVED = [
        "name",
        "status",
        "family",
        "labels",
        "size",
        "retires_on",
        "remote_created_at",
        "remote_updated_at",
        "raw",
        "digest",
        "seen_at",
        "gone_at",
    ]

    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="items")
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=256)
    name = models.CharField(max_length=512)
    status = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=60, blank=True)
    labels = models.TextField(blank=True, help_text="Facet values, each between single spaces.")
    size = models.BigIntegerField(null=True, help_text="Bytes.")
    retires_on = models.DateField(null=True)
    remote_created_at = models.DateTimeField(null=True)
    remote_updated_at = models.DateTimeField(null=True)
    raw = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "remote_id"], name="one_item_a_remote_object")
        ]
        indexes = [
            models.Index(fields=["kind", "name", "id"], name="item_by_name"),
            models.Index(fields=["kind", "-remote_created_at", "-id"], name="item_by_time"),
            models.Index(fields=["kind", "connection", "gone_at", "seen_at"], name="item_by_sync"),
        ]

    def __str__(self) -> str:
        return self.name

    def absorb(self, one: Seen, now: datetime) -> bool:
        """Take over what was seen; return whether the object differs from what was known."""
        digest = hashlib.sha256(canonical(one.raw).encode("utf-8", "surrogatepass")).hexdigest()
        differs = digest != self.digest
        self.name, self.status, self.family = one.name[:512], one.status[:60], one.family[:60]
        self.labels = f" {' '.join(sorted(one.labels))} " if one.labels else ""
        self.size, self.retires_on = one.size, one.retires_on
        self.remote_created_at, self.remote_updated_at = one.created_at, one.updated_at
        self.raw, self.digest = one.raw, digest
        self.seen_at, self.gone_at = now, None
        return differs

    @property
    def label_set(self) -> frozenset[str]:
        return frozenset(self.labels.split())


class Revision(models.Model):
    """An item's JSON each time it changed, newest last."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="revisions")
    raw = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["seen_at", "id"]

    def __str__(self) -> str:
        return f"{self.item} at {self.seen_at:%Y-%m-%d %H:%M}"
