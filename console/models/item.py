"""The index: every remote object that the console has seen, and each version of it.

One mechanism gives lists over all connections, search, where-used and history for every kind of object.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone

from console.models.seen import Seen
from console.outbound.json_text import clean_text

MAX_WORDS = 8
MAX_WORD = 100
REMEMBERED = "source:typed"
MOST_VALUES = 500


def used_by(kind: str) -> models.Exists:
    """A condition on items: some present item of `kind` refers to it."""
    uses = Reference.objects.filter(
        connection=models.OuterRef("connection"),
        kind=models.OuterRef("kind"),
        remote_id=models.OuterRef("remote_id"),
        item__kind=kind,
        item__gone_at=None,
    )
    return models.Exists(uses)


class ItemQuerySet(models.QuerySet["Item"]):
    def present(self) -> Self:
        return self.filter(gone_at=None)

    def gone(self) -> Self:
        return self.exclude(gone_at=None)

    def labelled(self, label: str) -> Self:
        return self.filter(labels__contains=f" {label} ")

    def search(self, text: str) -> Self:
        """Items in whose name or id every word occurs; words beyond the eighth are not looked at."""
        found = self
        for word in clean_text(text).lower().split()[:MAX_WORDS]:
            found = found.filter(words__contains=word[:MAX_WORD])
        return found

    def retiring(self, *, within: timedelta) -> Self:
        """Items whose retirement is near or past."""
        return self.filter(retires_on__lte=timezone.now().date() + within)

    def in_order(self, ids: Sequence[int]) -> "list[Item]":
        """The items of ids that were found before, in their order: by the primary key alone.

        With the conditions that found them SQLite would walk an index of all the items again.
        """
        found = self.model._default_manager.select_related("connection").in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def uses_of(self, items: Iterable["Item"], by: str) -> "dict[tuple[int, str], list[Item]]":
        """The present items of kind `by` that refer to each of `items`, by (connection, remote id)."""
        found = self.filter(kind=by).users_of(items)
        return {key: sorted(using, key=lambda item: item.name) for key, using in found.items()}

    def users_of(self, items: Iterable["Item"]) -> "dict[tuple[int, str], list[Item]]":
        """The present items of every kind that refer to each of `items`, by (connection, remote id)."""
        wanted = {(item.connection_id, item.remote_id): item.kind for item in items}
        # Two queries that each walk an index: joined, the database may start from all the items there are.
        rows = Reference.objects.filter(
            connection__in={connection for connection, _ in wanted},
            kind__in=set(wanted.values()),
            remote_id__in={remote_id for _, remote_id in wanted},
        )
        links = [row for row in rows if wanted.get((row.connection_id, row.remote_id)) == row.kind]
        users = (
            self.present().defer("raw").select_related("connection").in_bulk({row.item_id for row in links})
        )
        found: dict[tuple[int, str], list[Item]] = {}
        for row in links:
            if row.item_id in users:
                found.setdefault((row.connection_id, row.remote_id), []).append(users[row.item_id])
        return {key: sorted(using, key=lambda item: (item.kind, item.name)) for key, using in found.items()}

    def forget(self, connection_id: int, kind: str, remote_id: str) -> int:
        """Mark an object that was deleted through the console as gone; return 1, or 0 when it was already."""
        rows = self.present().filter(connection=connection_id, kind=kind, remote_id=remote_id)
        return rows.update(gone_at=timezone.now())

    @transaction.atomic
    def take_in(self, connection_id: int, kind: str, seen: Iterable[Seen]) -> int:
        """Write what a listing page told, a revision for each object that changed; return their number."""
        rows = {one.remote_id: one for one in seen if one.is_addressable}
        known = {
            item.remote_id: item
            for item in self.filter(connection=connection_id, kind=kind, remote_id__in=list(rows))
        }
        now = timezone.now()
        same: list[int] = []
        touched: list[Item] = []
        changed: list[Item] = []
        for remote_id, one in rows.items():
            item = Item.of(connection_id, kind, one, now)
            before = known.get(remote_id)
            if before is not None and before.says_the_same_as(item):
                same.append(before.pk)
                continue
            touched.append(item)
            if before is None or before.digest != item.digest:
                changed.append(item)
        # An upsert: the playground may remember a deployment that a listing tells of at the same moment.
        self.bulk_create(
            touched,
            update_conflicts=True,
            unique_fields=["connection", "kind", "remote_id"],
            update_fields=Item.OBSERVED,
            batch_size=200,
        )
        self.filter(pk__in=same).update(seen_at=now, gone_at=None)
        Revision.objects.bulk_create(
            [Revision(item=item, raw=item.raw, digest=item.digest, seen_at=now) for item in changed],
            batch_size=200,
        )
        self.link(connection_id, {item: rows[item.remote_id].refs for item in touched})
        return len(rows)

    def link(self, connection_id: int, refs: "dict[Item, frozenset[tuple[str, str]]]") -> None:
        """Replace what these items refer to."""
        Reference.objects.filter(item__in=list(refs)).delete()
        Reference.objects.bulk_create(
            [
                Reference(item=item, connection_id=connection_id, kind=kind, remote_id=remote_id[:256])
                for item, wanted in refs.items()
                for kind, remote_id in wanted
            ],
            batch_size=500,
        )

    def mark_gone(self, connection_id: int, kind: str, *, not_seen_since: datetime) -> int:
        """Mark what a complete listing no longer told as gone; return how many.

        A deployment that somebody typed and that answered was in no listing, so none tells of its end.
        """
        missing = self.present().filter(connection=connection_id, kind=kind, seen_at__lt=not_seen_since)
        return missing.exclude(labels__contains=f" {REMEMBERED} ").update(gone_at=timezone.now())

    def counts(self) -> dict[str, dict[str, int]]:
        """How many present items there are by family and by status, for kinds that no listing counts."""
        rows = self.present().order_by()
        return {
            name: dict(rows.values_list(name).annotate(models.Count("pk"))) for name in ("family", "status")
        }

    def tally(self, connection_id: int, kind: str) -> dict[str, Any]:
        """How many present items there are: `{"total": n, "facets": {"family": {"gpt-5": 12}, …}}`.

        Of labels with more than 500 values, such as metadata with the id of a person, the first are counted.
        """
        rows = self.present().filter(connection=connection_id, kind=kind)
        total = 0
        counts: dict[str, Counter[str]] = {"family": Counter(), "status": Counter()}
        values = rows.values_list("family", "status", "labels")
        for family, status, labels in values.iterator(chunk_size=2000):
            total += 1
            counts["family"][family] += 1
            counts["status"][status] += 1
            for label in labels.split():
                name, _, value = label.partition(":")
                counted = counts.setdefault(name, Counter())
                if value in counted or len(counted) < MOST_VALUES:
                    counted[value] += 1
        return {"total": total, "facets": {name: dict(values) for name, values in counts.items()}}


class Item(models.Model):
    """A remote object of one connection, by kind ("model", "deployment", …) and the resource's id of it."""

    OBSERVED = [
        "name",
        "words",
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

    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="items", db_index=False)
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=256)
    name = models.CharField(max_length=512)
    words = models.CharField(max_length=500, help_text="Name and id in lower case, for searching.")
    status = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=60, blank=True)
    labels = models.TextField(blank=True, help_text="Facet values, each between single spaces.")
    size = models.BigIntegerField(null=True, help_text="Bytes, or what else the kind counts (capacity).")
    retires_on = models.DateField(null=True)
    remote_created_at = models.DateTimeField(null=True)
    remote_updated_at = models.DateTimeField(null=True)
    raw = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON of `raw`.")
    first_seen_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id"], name="one_item_a_remote_object"
            )
        ]
        indexes = [
            # The first and the last hold all that turning pages, searching and counting look at. Their texts are
            # short enough for PostgreSQL, where an entry of an index has room for 2,700 bytes.
            models.Index(fields=["kind", "name", "id", "connection", "gone_at"], name="item_by_name"),
            models.Index(fields=["kind", "-remote_created_at", "-id"], name="item_by_time"),
            models.Index(fields=["kind", "retires_on", "name", "id"], name="item_by_retirement"),
            models.Index(fields=["kind", "status", "name", "id"], name="item_by_status"),
            models.Index(fields=["kind", "connection", "gone_at", "words"], name="item_by_connection"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, connection_id: int, kind: str, one: Seen, now: datetime) -> "Item":
        return cls(
            connection_id=connection_id,
            kind=kind,
            remote_id=one.remote_id,
            seen_at=now,
            first_seen_at=now,
            **one.columns(),
        )

    def says_the_same_as(self, other: "Item") -> bool:
        """Whether all that was observed is equal; when it was seen does not count, that it was gone does."""
        observed = [name for name in self.OBSERVED if name not in {"raw", "seen_at"}]
        return all(getattr(self, name) == getattr(other, name) for name in observed)

    @property
    def label_set(self) -> frozenset[str]:
        return frozenset(self.labels.split())

    def values(self, facet: str) -> list[str]:
        """The item's values of one facet, in order."""
        return [label.partition(":")[2] for label in self.labels.split() if label.startswith(f"{facet}:")]

    @property
    def days_left(self) -> int | None:
        """Days until it retires, negative afterwards; None when no day is known."""
        return (self.retires_on - timezone.now().date()).days if self.retires_on else None


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


class Reference(models.Model):
    """An item uses another object of its connection, which need not be in the index."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="refs")
    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=256)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id", "item"], name="one_reference_an_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} uses {self.kind} {self.remote_id}"
