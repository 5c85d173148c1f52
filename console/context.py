"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from console import access

THEMES = {"light", "dark"}


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    match = request.resolver_match
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.DEMO,
        "nav": match.url_name if match else "",
        "permissions": access.verbs(user) if user else frozenset(),
        "theme": theme if theme in THEMES else "",
        "version": settings.VERSION,
    }
