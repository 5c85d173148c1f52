"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from console import access

THEMES = {"light", "dark"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values; only a page that has a navigation asks what the user may do."""
    match = request.resolver_match
    return {
        "demo": settings.DEMO,
        "nav": match.url_name if match else "",
        "permissions": SimpleLazyObject(lambda: permissions(request)),
        "theme": theme(request),
        "version": settings.VERSION,
    }


def permissions(request: HttpRequest) -> frozenset[str]:
    user = getattr(request, "user", None)
    return access.verbs(user) if user else frozenset()


def theme(request: HttpRequest) -> str:
    """Return the theme that the browser chose; empty for the system's."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""
