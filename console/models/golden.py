"""Golden queries: what a vector store ought to find, and how well it did each time somebody tried."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction

from console.models import audit
from console.models.item import Item


class OfStore(models.QuerySet[Any]):
    def of(self, item: Item) -> Self:
        """Those of one store."""
        return self.filter(connection=item.connection_id, store_id=item.remote_id)


class GoldenQuery(models.Model):
    """A query with the files that ought to be found; `key` names the form that saved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="golden_queries")
    store_id = models.CharField(max_length=256)
    query = models.TextField()
    expected = models.JSONField(default=list, help_text="Ids of files.")
    key = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfStore.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["connection", "store_id", "created_at"], name="golden_by_store")]

    def __str__(self) -> str:
        return self.query

    @classmethod
    @transaction.atomic
    def add(cls, item: Item, *, query: str, expected: list[str], key: str, user: Any) -> "GoldenQuery":
        """Keep a query; with a key that was used before, the one of that time comes back."""
        values = {
            "connection_id": item.connection_id,
            "store_id": item.remote_id,
            "query": query,
            "expected": expected,
            "created_by": user,
        }
        made, is_new = cls.objects.get_or_create(key=key, defaults=values)
        if is_new:
            audit.record("golden_query.added", target=target(item), connection=item.connection)
        found: GoldenQuery = made
        return found

    @transaction.atomic
    def remove(self, item: Item) -> None:
        audit.record("golden_query.removed", target=target(item), connection=item.connection)
        self.delete()


class GoldenRun(models.Model):
    """All golden queries of a store asked once: `rows` tell each, `recall` and `mrr` are the means, 0 to 1."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="golden_runs")
    store_id = models.CharField(max_length=256)
    settings = models.JSONField(default=dict, help_text="most, ranker, score_threshold, rewrite")
    store = models.JSONField(default=dict, help_text="Files and bytes of the store at that time.")
    rows = models.JSONField(default=list)
    recall = models.FloatField(null=True)
    mrr = models.FloatField(null=True)
    job = models.ForeignKey("console.Job", models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey("console.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = OfStore.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["connection", "store_id", "-created_at"], name="golden_run_by_store")]

    def __str__(self) -> str:
        return f"Golden run of {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def k(self) -> int:
        return int(self.settings.get("most") or 0)

    @property
    def before(self) -> "GoldenRun | None":
        """The last finished run before this one."""
        earlier = GoldenRun.objects.filter(
            connection=self.connection_id, store_id=self.store_id, created_at__lt=self.created_at
        )
        found: GoldenRun | None = earlier.exclude(finished_at=None).first()
        return found


def target(item: Item) -> audit.Target:
    return audit.Target("vector_store", item.remote_id, item.name)
