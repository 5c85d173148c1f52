"""What an error answer means: every shape of error body that is known, brought to one error of ours.

Shapes: the v1 envelope with and without `error`, content filter details in their spellings, xAI's string
errors, FastAPI's `detail`, ARM's `details`, two JSON documents in one body, plain text and HTML.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import (
    AuthFailed,
    BadRequest,
    Conflict,
    ContentFiltered,
    Forbidden,
    NotFound,
    ProtocolError,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    TooLarge,
    UpstreamError,
    UpstreamRedirect,
)
from .json_text import clean_text
from .redaction import Redactor
from .retry import told_to_wait

__all__ = ["body_error", "error_of_answer", "region_of", "request_id_of"]

BY_STATUS: Mapping[int, type[UpstreamError]] = {
    401: AuthFailed,
    403: Forbidden,
    404: NotFound,
    408: ServerFailed,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    413: TooLarge,
    423: Conflict,
    424: ServerFailed,
    425: ServerFailed,
    429: RateLimited,
}
TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
DATA_ACTION = re.compile(r"Microsoft\.[A-Za-z]+/[A-Za-z0-9/*_.-]+")
FIREWALL = (
    "virtual network/firewall",
    "firewall rules",
    "public access is disabled",
    "network acl",
    "ip address",
)
QUOTA = ("quota", "billing", "insufficient", "credits", "spending limit")
CAPACITY = ("rate limit", "capacity", "high demand", "retry after", "too many requests", "per minute")
FILTER_CODES = frozenset({"content_filter", "responsibleaipolicyviolation", "content_policy_violation"})
FILTER_KEYS = ("content_filter_result", "content_filter_results")
MISSING_DEPLOYMENT = frozenset({"deploymentnotfound", "model_not_found"})
MAX_TEXT = 2000


def error_of_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, redact: Redactor, model: str = ""
) -> UpstreamError:
    """The error that an answer of status 300 or more means. `model` is the deployment that was asked for.

    All texts of the answer in it are redacted and capped.
    """
    if 300 <= status < 400:
        return _told(UpstreamRedirect(status=status), headers, redact)
    fields = _fields(body)
    return _told(_error(status, fields, redact, model), headers, redact)


def body_error(
    error: object, *, redact: Redactor, status: int | None = None, model: str = ""
) -> UpstreamError:
    """The error that an object inside a stream or a result means (`{"error": {...}}` or its inside)."""
    fields = _of_value(error)
    return _error(status or _status_in(fields), fields, redact, model)


def request_id_of(headers: Mapping[str, str]) -> str:
    """The id that Azure's support asks for."""
    return (headers.get("apim-request-id") or headers.get("x-request-id") or "")[:200]


def region_of(headers: Mapping[str, str]) -> str:
    return headers.get("x-ms-region", "")[:100]


def _told(error: UpstreamError, headers: Mapping[str, str], redact: Redactor) -> UpstreamError:
    error.request_id = redact(request_id_of(headers))
    error.region = redact(region_of(headers))
    error.retry_after = told_to_wait(headers)
    return error


def _error(status: int, fields: dict[str, Any], redact: Redactor, model: str) -> UpstreamError:
    code, param = _short(fields.get("code")), _short(fields.get("param") or fields.get("target"))
    detail = redact(clean_text(_text(fields)))[:MAX_TEXT]
    filtered = _filter_of(fields)
    kind = _kind(status, code, detail, filtered is not None)
    message, remedy = _words(kind, code, param, detail, model)
    return kind(
        message,
        remedy=remedy,
        status=status,
        code=redact(code),
        param=redact(param),
        detail=detail,
        content_filter=_plain(redact.tree(filtered)),
    )


def _kind(status: int, code: str, detail: str, filtered: bool) -> type[UpstreamError]:
    low, text = code.lower(), detail.lower()
    if filtered or low in FILTER_CODES:
        return ContentFiltered
    if low in MISSING_DEPLOYMENT:
        return NotFound
    if low == "permissiondenied" or (status == 400 and low == "authenticationtypedisabled"):
        return Forbidden
    if status == 429 or low in ("insufficient_quota", "rate_limit_exceeded"):
        spent = low in ("insufficient_quota", "quotaexceeded") or (
            any(word in text for word in QUOTA) and not any(word in text for word in CAPACITY)
        )
        return QuotaExceeded if spent else RateLimited
    if status == 400 and "api key" in text and "incorrect" in text:
        return AuthFailed
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status < 200:
        return ProtocolError
    return ServerFailed if status >= 500 else BadRequest


def _words(kind: type[UpstreamError], code: str, param: str, detail: str, model: str) -> tuple[str, str]:
    """A more exact sentence and remedy than the kind's own, where the answer allows one; else empty texts."""
    low, text = code.lower(), detail.lower()
    if low in MISSING_DEPLOYMENT:
        what = f"no deployment named {model}" if model else "no such deployment"
        return (
            f"The resource has {what}. Nothing was changed and nothing was charged.",
            "Use the name of a deployment, not of a model; a new deployment needs about a minute to appear.",
        )
    if low == "authenticationtypedisabled":
        return (
            "API keys are switched off on this resource. Nothing was changed and nothing was charged.",
            "Connect with Entra ID instead of a key.",
        )
    if low == "permissiondenied" and (action := DATA_ACTION.search(detail)):
        return (
            f"The identity lacks the permission {action[0]}. Nothing was changed and nothing was charged.",
            "Give it a role with that data action, such as Cognitive Services OpenAI User; it takes minutes.",
        )
    if kind is Forbidden and any(word in text for word in FIREWALL):
        return (
            "The network rules of the resource do not allow this server. Nothing was charged.",
            "Add this server's network to the resource's firewall, or use a private endpoint.",
        )
    if kind is BadRequest and param:
        return f"The resource did not accept the parameter {param}. Nothing was charged.", ""
    if kind is BadRequest and low == "context_length_exceeded":
        return "The conversation is longer than the model accepts. Nothing was charged.", "Shorten the input."
    return "", ""


def _fields(body: bytes) -> dict[str, Any]:
    text = body.decode("utf-8", "replace").lstrip("\ufeff").strip()
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return {"message": _readable(text)}
    return _of_value(value)


def _of_value(value: object) -> dict[str, Any]:
    """The error's own fields out of whatever they are wrapped in."""
    if isinstance(value, list) and value:
        return _of_value(value[0])
    if not isinstance(value, dict):
        return {"message": str(value)[:MAX_TEXT]}
    inner = value.get("error")
    if isinstance(inner, dict):
        return inner
    if isinstance(inner, str):
        return {"message": value.get("error_description") or inner, "code": value.get("code") or ""}
    return value


def _text(fields: dict[str, Any]) -> str:
    parts = [_sentence(fields.get("message") or fields.get("detail") or fields.get("error_description"))]
    details = fields.get("details")
    if isinstance(details, list):
        parts += [_sentence(item.get("message")) for item in details[:5] if isinstance(item, dict)]
    return " ".join(part for part in parts if part)


def _sentence(value: object) -> str:
    if isinstance(value, str):
        return _readable(value)
    if isinstance(value, list):
        return "; ".join(_sentence(item) for item in value[:5])
    if isinstance(value, dict):
        return _sentence(value.get("msg") or value.get("message"))
    return ""


def _readable(text: str) -> str:
    """The words of a text that may be an HTML page."""
    if "<" in text[:1000]:
        text = TAG.sub(" ", text[:20_000])
    return " ".join(text[: 4 * MAX_TEXT].split())[:MAX_TEXT]


def _filter_of(fields: dict[str, Any]) -> dict[str, Any] | None:
    """The content filter's table by category, from any of the places where it has been seen."""
    for place in _places(fields):
        for key in FILTER_KEYS:
            if isinstance(place.get(key), dict):
                return dict(place[key])
    return None


def _places(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield fields
    for key in ("innererror", "inner_error"):
        if isinstance(fields.get(key), dict):
            yield fields[key]


def _status_in(fields: dict[str, Any]) -> int:
    for key in ("status", "code"):
        text = str(fields.get(key, ""))
        if text.isascii() and text.isdigit() and len(text) == 3:
            return int(text)
    kind = f"{fields.get('code')} {fields.get('type')}".lower()
    if "rate_limit" in kind or "too_many" in kind:
        return 429
    return 400 if "invalid" in kind or "unsupported" in kind else 500


def _short(value: object) -> str:
    return clean_text(str(value))[:200] if isinstance(value, str | int) else ""


def _plain(value: object) -> dict[str, object] | None:
    return value if isinstance(value, dict) else None
