"""What holds for every request: security headers, who asks, and upstream errors as pages."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.functional import SimpleLazyObject

from console.models import audit
from console.outbound.errors import ERROR_KINDS, UpstreamError

Handler = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
}
SAFE = {"GET", "HEAD", "OPTIONS"}


class ResponseHeadersMiddleware:
    """Headers that Django does not set by itself, and no caching of anything that is not a static file."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True)
        return response


class FetchMetadataMiddleware:
    """Refuse changes that another site's page asks for, whatever cookies come along."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return render(request, "403.html", {"reason": "The request came from another site."}, status=403)
        return self.get_response(request)


class AuditSceneMiddleware:
    """Tell the audit trail who asks and from where."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scene = audit.Scene(
            actor=SimpleLazyObject(lambda: audit.Actor.of(request.user)),  # type: ignore[arg-type]
            ip=request.META.get("REMOTE_ADDR", "") or "",
            user_agent=request.headers.get("User-Agent", ""),
            request_id=uuid.uuid4().hex,
            auth_method="session" if request.user.is_authenticated else "",
        )
        token = audit.scene.set(scene)
        try:
            return self.get_response(request)
        finally:
            audit.scene.reset(token)


class UpstreamErrorMiddleware:
    """An UpstreamError from any view becomes a page, a part or JSON with the right status, once, here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UpstreamError):
            return None
        status = ERROR_KINDS[exception.kind].http_status
        if request.accepts("text/html"):
            template = "components/error_card.html" if getattr(request, "htmx", False) else "upstream_error.html"
            return render(request, template, {"error": exception}, status=status)
        told = {
            "kind": exception.kind,
            "message": exception.message,
            "remedy": exception.remedy,
            "status": exception.status,
            "request_id": exception.request_id,
        }
        return JsonResponse({"error": told}, status=status)
