"""How a retirement is told: the day, the days that are left, and a tone."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from console.models import Item

SOON = 60  # days; Azure announces the retirement of what is generally available that long before
LATER = 365
URGENT = 30


@dataclass(frozen=True)
class Retirement:
    day: date
    days: int

    @property
    def is_past(self) -> bool:
        return self.days < 0

    @property
    def words(self) -> str:
        if self.days == 0:
            return "retires today"
        size = abs(self.days)
        days = f"{size} day" if size == 1 else f"{size} days"
        return f"retired {days} ago" if self.is_past else f"retires in {days}"

    @property
    def tone(self) -> str:
        if self.days <= URGENT:
            return "bad"
        return "warn" if self.days <= SOON else "neutral"

    def as_json(self) -> dict[str, object]:
        return {"on": self.day, "days": self.days}


def retirement(item: Item) -> Retirement | None:
    """When an item retires; None when no day is known."""
    return (
        Retirement(item.retires_on, item.days_left)
        if item.retires_on and item.days_left is not None
        else None
    )


def within(days: int) -> Q:
    """A condition: what still answers and retires within so many days."""
    today = timezone.now().date()
    return Q(retires_on__gte=today, retires_on__lte=today + timedelta(days=days))


def past() -> Q:
    return Q(retires_on__lt=timezone.now().date())


CONDITIONS = {
    "60": ("Within 60 days", lambda: within(SOON)),
    "365": ("Within 12 months", lambda: within(LATER)),
    "past": ("Retired already", past),
    "unknown": ("No day known", lambda: Q(retires_on=None)),
}
