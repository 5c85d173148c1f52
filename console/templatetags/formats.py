"""Numbers, money, spans and moments, written alike on every page; what is not known is "–", never 0."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

THIN_SPACE = "\u202f"
UNKNOWN = "–"
MAX_TIMESTAMP = 253_402_300_800  # the first second of the year 10000, which a datetime cannot hold
SIZES = (("B", 1), ("KiB", 1024), ("MiB", 1024**2), ("GiB", 1024**3), ("TiB", 1024**4))
# up to how many seconds, the seconds of one unit, its name
AGO_STEPS = (
    (3_600, 60, "min"),
    (86_400, 3_600, "h"),
    (60 * 86_400, 86_400, "d"),
    (730 * 86_400, 30 * 86_400, "months"),
    (float("inf"), 365 * 86_400, "years"),
)


@register.filter
def number(value: Any, unit: str = "") -> str:
    """Write a count with thin spaces between thousands, "–" when it is not known."""
    amount = _decimal(value)
    if amount is None:
        return UNKNOWN
    text = f"{amount.normalize():,f}" if amount % 1 else f"{amount:,.0f}"
    text = text.replace(",", THIN_SPACE)
    return f"{text}{THIN_SPACE}{unit}" if unit else text


@register.filter
def tokens(value: Any) -> str:
    """Write a token count, "–" when the upstream did not report it."""
    return number(value)


@register.filter
def money(value: Any) -> str:
    """Write US dollars with at least two significant digits; unknown is "–" and never zero."""
    amount = _decimal(value)
    if amount is None:
        return UNKNOWN
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if size == 0:
        return "$0"
    digits = 2 if size >= 1 else max(2, 1 - size.adjusted())
    return f"{sign}${size:,.{digits}f}".replace(",", THIN_SPACE)


@register.filter
def duration(value: Any, unit: str = "s") -> str:
    """Write a span of time given in seconds, or in milliseconds with `"ms"`: 312 ms, 4.21 s, 3 min 5 s."""
    amount = _decimal(value)
    if amount is None:
        return UNKNOWN
    seconds = amount / 1000 if unit == "ms" else amount
    if seconds < 0:
        return UNKNOWN
    if seconds < Decimal("0.9995"):
        return f"{seconds * 1000:.0f}{THIN_SPACE}ms"
    if seconds < Decimal("9.995"):
        return f"{seconds:.2f}{THIN_SPACE}s"
    if seconds < Decimal("59.95"):
        return f"{seconds:.1f}{THIN_SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{THIN_SPACE}min {rest}{THIN_SPACE}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}{THIN_SPACE}h {minutes}{THIN_SPACE}min"
    return f"{hours // 24}{THIN_SPACE}d {hours % 24}{THIN_SPACE}h"


@register.filter(name="bytes")
def byte_size(value: Any) -> str:
    """Write a size in bytes with the binary units that file lists use: 512 B, 1.4 KiB, 2 MiB."""
    amount = _decimal(value)
    if amount is None:
        return UNKNOWN
    unit, each = next(step for step in reversed(SIZES) if abs(amount) >= step[1] or step[1] == 1)
    size = amount / each
    text = f"{size:.0f}" if each == 1 or size >= 10 else f"{size:.1f}".removesuffix(".0")
    return f"{text}{THIN_SPACE}{unit}"


@register.filter
def percent(value: Any) -> str:
    """Write a share from 0 to 1 as per cent."""
    amount = _decimal(value)
    if amount is None:
        return UNKNOWN
    return f"{(amount * 100).quantize(Decimal('0.1')).normalize():f}{THIN_SPACE}%"


@register.filter
def when(value: Any) -> SafeString | str:
    """Render a moment as a <time> element in UTC; the browser turns it into the reader's own zone."""
    return _time_element(value, shown="absolute")


@register.filter
def ago(value: Any) -> SafeString | str:
    """Render how long ago or how far ahead a moment is, as a <time> element that keeps up with the clock."""
    return _time_element(value, shown="relative")


@register.filter
def day(value: Any) -> SafeString | str:
    """Render a date, or the UTC day of a moment, as a <time> element: 23 Nov 2026."""
    moment = _moment(value)
    if moment is None:
        return UNKNOWN
    return format_html('<time datetime="{}">{}</time>', f"{moment:%Y-%m-%d}", _date_words(moment))


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if timezone.is_aware(value) else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    seconds = _decimal(value)
    if seconds is None or not 0 < seconds < MAX_TIMESTAMP:
        return None
    return datetime.fromtimestamp(float(seconds), tz=UTC)


def _date_words(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _time_element(value: Any, *, shown: str) -> SafeString | str:
    moment = _moment(value)
    if moment is None:
        return UNKNOWN
    exact = f"{_date_words(moment)}, {moment:%H:%M:%S} UTC"
    words = _ago_words(moment) if shown == "relative" else f"{_date_words(moment)}, {moment:%H:%M} UTC"
    return format_html(
        '<time datetime="{}" data-time="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        shown,
        exact,
        words,
    )


def _ago_words(moment: datetime) -> str:
    """Say the distance in one unit, with the same steps as static/js/times.js."""
    seconds = int((timezone.now() - moment).total_seconds())
    size = abs(seconds)
    if size < 45:
        return "just now" if seconds >= 0 else "in a moment"
    _, each, unit = next(step for step in AGO_STEPS if size < step[0])
    words = f"{max(1, round(size / each))}{THIN_SPACE}{unit}"
    return f"{words} ago" if seconds > 0 else f"in {words}"
