"""What a connection was found to offer of the v1 API, route by route (console/v1/routes.py)."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from console.models.connection import Connection

if TYPE_CHECKING:
    from console.v1.probe import ProbeResult


class RouteProbe(models.Model):
    """The last probe of one route; `result` is supported, not_offered, refused, unknown or not_probed."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="probes")
    route = models.CharField(max_length=80)
    result = models.CharField(max_length=16)
    sentence = models.TextField(blank=True)
    status = models.IntegerField(null=True)
    elapsed_ms = models.IntegerField(null=True)
    request_id = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "route"], name="one_probe_a_route")]

    def __str__(self) -> str:
        return f"{self.route}: {self.result}"

    @classmethod
    def keep(cls, connection: Connection, found: "ProbeResult") -> "RouteProbe":
        """Store what a probe found in the place of what the last one did."""
        values = {
            "result": found.result,
            "sentence": found.sentence,
            "status": found.status,
            "elapsed_ms": None if found.elapsed is None else round(found.elapsed * 1000),
            "request_id": found.request_id[:100],
            "checked_at": timezone.now(),
        }
        return cls.objects.update_or_create(connection=connection, route=found.route.name, defaults=values)[0]
