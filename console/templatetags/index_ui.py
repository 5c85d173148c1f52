"""The cells that every list of the index has; tags, because they stand in each of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.templatetags.formats import UNKNOWN, day

if TYPE_CHECKING:
    from console.views.retirement import Retirement

register = template.Library()


@register.simple_tag
def retirement(until: Retirement | None) -> SafeString:
    """Render the day on which something retires, and how near that is; a dash where no day is known."""
    if until is None:
        return format_html('<span class="faint">{}</span>', UNKNOWN)
    tone = "sub" if until.tone == "neutral" else "sub tone"
    return format_html(
        '{}<span class="{}" data-tone="{}">{}</span>', day(until.day), tone, until.tone, until.words
    )
