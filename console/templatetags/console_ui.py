"""Icons, numbers, money, times, states and errors, written the same way on every page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.outbound.kinds import ERROR_KINDS

register = template.Library()

THIN_SPACE = "\u202f"
UNKNOWN = "–"

STATUS_TONES: dict[str, str] = {
    **dict.fromkeys(
        ("ok", "ready", "healthy", "succeeded", "completed", "complete", "done", "active", "ga", "supported"), "ok"
    ),
    **dict.fromkeys(
        ("streaming", "running", "in_progress", "creating", "updating", "queued", "pending", "claimed"), "info"
    ),
    **dict.fromkeys(
        ("deprecating", "deprecated", "throttled", "rate_limited", "interrupted", "incomplete", "attention"), "warn"
    ),
    **dict.fromkeys(
        ("failed", "error", "refused", "retired", "denied", "disabled", "unreachable", "intent_only"), "bad"
    ),
    **dict.fromkeys(("preview", "legacy"), "preview"),
}
SECTIONS: dict[str, str] = {
    "answer": "playground",
    "audit-event": "audit",
    "comparison": "playground",
    "comparisons": "playground",
    "connection": "connections",
    "connection-api-support": "api-support",
    "connection-credential": "connections",
    "connection-edit": "connections",
    "connection-new": "connections",
    "deployment": "deployments",
    "model": "models",
    "person": "people",
    "person-new": "people",
}
MAX_TIMESTAMP = 253_402_300_800  # the first second of the year 10000, which a datetime cannot hold
AGO_STEPS = (
    (3_600, 60, "min"),
    (86_400, 3_600, "h"),
    (60 * 86_400, 86_400, "d"),
    (730 * 86_400, 30 * 86_400, "months"),
    (float("inf"), 365 * 86_400, "years"),
)
LIVE_STATES = frozenset({"streaming", "running", "in_progress", "creating", "updating"})


@register.simple_tag
def icon(name: str, modifier: str = "") -> SafeString:
    """Return one symbol of static/icons.svg as decoration; the words beside it carry the meaning."""
    classes = f"icon {modifier}" if modifier else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static("icons.svg"), name
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
    if size >= 1:
        digits = 2
    else:
        digits = max(2, 1 - size.adjusted())
    return f"{sign}${size:,.{digits}f}".replace(",", THIN_SPACE)


@register.filter
def duration(value: Any, unit: str = "s") -> str:
    """Write a span of time given in seconds, or in milliseconds with `"ms"`: 312 ms, 4.2 s, 3 min 5 s."""
    amount = _decimal(value)
    if amount is None:
        return UNKNOWN
    seconds = amount / 1000 if unit == "ms" else amount
    if seconds < 0:
        return UNKNOWN
    if seconds < 1:
        return f"{seconds * 1000:.0f}{THIN_SPACE}ms"
    if seconds < 60:
        return f"{seconds:.2f}{THIN_SPACE}s" if seconds < 10 else f"{seconds:.1f}{THIN_SPACE}s"
    minutes, rest = divmod(int(seconds), 60)
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
    size = float(amount)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            break
        size /= 1024
    else:
        unit = "TiB"
    text = f"{size:.0f}" if unit == "B" or size >= 10 else f"{size:.1f}".removesuffix(".0")
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
    """Render how long ago (or how far ahead) a moment is, as a <time> element that keeps up with the clock."""
    return _time_element(value, shown="relative")


@register.filter
def day(value: Any) -> SafeString | str:
    """Render a date, or the UTC day of a moment, as a <time> element: 23 Nov 2026."""
    moment = _moment(value)
    if moment is None:
        return UNKNOWN
    return format_html('<time datetime="{}">{}</time>', f"{moment:%Y-%m-%d}", _date_words(moment))


@register.filter
def status_tone(state: Any) -> str:
    """Return the tone (ok, info, warn, bad, preview, neutral) in which a state of ours or of Azure is shown."""
    key = str(state).strip().lower().replace("-", "_").replace(" ", "_")
    return STATUS_TONES.get(key, "neutral")


@register.simple_tag
def status_badge(state: Any, label: str = "", tone: str = "") -> SafeString:
    """Render a state as a badge: a dot with a shape of its own, and a word. Unknown states are shown as they are."""
    key = str(state).strip().lower().replace("-", "_").replace(" ", "_")
    words = label or str(state).replace("_", " ").strip().capitalize() or UNKNOWN
    dot = format_html('<i class="dot" data-live></i>') if key in LIVE_STATES else format_html('<i class="dot"></i>')
    return format_html(
        '<span class="badge" data-tone="{}" data-state="{}">{}{}</span>', tone or status_tone(state), key, dot, words
    )


@register.filter
def kind_title(kind: str) -> str:
    """Return the heading of an error kind; a kind that the vocabulary does not know is shown as it is."""
    known = ERROR_KINDS.get(kind)
    return known.title if known else str(kind).replace("_", " ").capitalize()


@register.filter
def kind_remedy(kind: str) -> str:
    """Return what to do about an error kind, "" when nothing is known."""
    known = ERROR_KINDS.get(kind)
    return known.remedy if known else ""


@register.inclusion_tag("components/error_card.html")
def error_card(error: Any, retry_url: str = "") -> dict[str, Any]:
    """Show an upstream error where the content would have been.

    `error` has kind, message, remedy, status, code, detail and request_id; `retry_url` adds "Try again".
    """
    return {"error": error, "retry_url": retry_url}


@register.simple_tag
def copy(text: Any, label: str = "") -> SafeString:
    """Render an identifier in mono with a button that copies it."""
    return format_html(
        '<button class="copy" type="button" data-copy="{0}" title="Copy {0}"><code>{1}</code>{2}</button>',
        text,
        label or text,
        icon("copy"),
    )


@register.filter
def message_tone(message: Message) -> str:
    """Return the tone of one of Django's messages."""
    if message.level >= constants.ERROR:
        return "bad"
    if message.level >= constants.WARNING:
        return "warn"
    return "ok" if message.level == constants.SUCCESS else "info"


@register.filter
def section(url_name: str) -> str:
    """Return the entry of the navigation that the page of this URL name belongs to."""
    return SECTIONS.get(url_name, url_name)


@register.filter
def letter(position: Any) -> str:
    """Return the letter of a pane: 1 is A."""
    return chr(ord("A") + (int(position) - 1) % 26)


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
    for limit, unit_seconds, unit in AGO_STEPS:
        if size < limit:
            break
    words = f"{max(1, round(size / unit_seconds))}{THIN_SPACE}{unit}"
    return f"{words} ago" if seconds > 0 else f"in {words}"
