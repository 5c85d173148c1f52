"""The cells that every list of the index has; tags, because they stand in each of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.templatetags.formats import UNKNOWN, day
from console.templatetags.render import plain

if TYPE_CHECKING:
    from console.models import Item
    from console.views.retirement import Retirement

register = template.Library()


@register.simple_tag(takes_context=True)
def select(context: dict[str, Any], item: Item, verb: str = "operate") -> SafeString:
    """Render the box that chooses a row for the form #bulk; nothing where there is nothing to do to it."""
    if verb not in context.get("permissions", ()) or item.gone_at:
        return format_html("{}", "")
    return format_html(
        '<input type="checkbox" form="bulk" name="item" value="{}" aria-label="Select {}">',
        item.pk,
        item.name,
    )


@register.simple_tag
def titled(item: Item, url: str) -> SafeString:
    """Render the link to an object, its id where its name is another, and its connection for narrow pages."""
    name, short = plain(item.name), item.remote_id
    beside = format_html('<span class="sub id" title="{0}">{0}</span>', short) if name != short else ""
    return format_html(
        '<a class="name" href="{}" title="{}">{}</a>{}<span class="sub for-p3">{}</span>',
        url,
        name,
        name,
        beside,
        item.connection.name,
    )


@register.simple_tag
def retirement(until: Retirement | None) -> SafeString:
    """Render the day on which something retires, and how near that is; a dash where no day is known."""
    if until is None:
        return format_html('<span class="faint">{}</span>', UNKNOWN)
    tone = "sub" if until.tone == "neutral" else "sub tone"
    return format_html(
        '{}<span class="{}" data-tone="{}">{}</span>', day(until.day), tone, until.tone, until.words
    )
