"""Upstream errors as an answer keeps them: JSON, nothing lost, nothing secret."""

from typing import Any

from console.outbound.errors import UpstreamError


def told(error: UpstreamError) -> dict[str, Any]:
    """Return the error as JSON: kind, title, message, remedy, status, code, param, detail, request id,
    retry_after (s).
    """
    return {
        "kind": error.kind,
        "title": error.title,
        "message": error.message,
        "remedy": error.remedy,
        "status": error.status,
        "code": error.code,
        "param": error.param,
        "detail": error.detail,
        "request_id": error.request_id,
        "retry_after": error.retry_after,
        "content_filter": error.content_filter,
    }
