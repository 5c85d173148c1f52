"""What holds for every request: its id, security headers, who asks, and upstream errors as pages."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.functional import SimpleLazyObject

from console.models import audit
from console.outbound.errors import UpstreamError
from console.views import errors, health
from console.views.shared import wants_json

Handler = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SAFE = {"GET", "HEAD", "OPTIONS"}


class ResponseHeadersMiddleware:
    """An id, the headers that Django does not set by itself, and no caching of anything but static files."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[errors.REQUEST_ID] = uuid.uuid4().hex
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.META[errors.REQUEST_ID]
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True)
        return response


class HealthMiddleware:
    """Answer the two health pages at once: whatever `Host` the asker gives, without session or database."""

    PAGES = {"/healthz": health.live, "/readyz": health.ready}

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.PAGES.get(request.path, self.get_response)(request)


class FetchMetadataMiddleware:
    """Refuse changes that another site's page asks for, whatever cookies come along."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return errors.cross_site(request)
        return self.get_response(request)


class AuditSceneMiddleware:
    """Tell the audit trail who asks and from where."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scene = audit.Scene(
            actor=SimpleLazyObject(lambda: audit.Actor.of(request.user)),  # type: ignore[arg-type]
            ip=address_of(request),
            user_agent=request.headers.get("User-Agent", ""),
            request_id=request.META[errors.REQUEST_ID],
            auth_method="session",
        )
        with audit.staged(scene):
            return self.get_response(request)


def address_of(request: HttpRequest) -> str:
    """Return the client's address; `X-Forwarded-For` counts only as far as our own proxies wrote it."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if 0 < proxies <= len(hops) and hops[-proxies]:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR") or "")


class UpstreamErrorMiddleware:
    """An UpstreamError from any view becomes a page, a part or JSON with the right status, once, here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return errors.not_allowed(request, response.headers.get("Allow", ""))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UpstreamError):
            return None
        if wants_json(request):
            return JsonResponse({"error": upstream_facts(exception)}, status=exception.page_status)
        is_part = bool(getattr(request, "htmx", False))
        template = "components/error_card.html" if is_part else "upstream_error.html"
        context = {"error": exception, "retry_url": address_of_page(request)}
        return render(request, template, context, status=exception.page_status)


def address_of_page(request: HttpRequest) -> str:
    """Where to try again: the page itself, also for a part of it that htmx asked for."""
    part_of = getattr(getattr(request, "htmx", None), "current_url_abs_path", None)
    return part_of or request.get_full_path()


def upstream_facts(error: UpstreamError) -> dict[str, object]:
    return {
        "kind": error.kind,
        "message": error.message,
        "remedy": error.remedy,
        "status": error.status,
        "code": error.code,
        "request_id": error.request_id,
    }
