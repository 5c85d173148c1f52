"""The tree of errors that leave this package: plain values, picklable, nothing of an HTTP library inside."""

from collections.abc import Mapping
from typing import ClassVar

from .kinds import ERROR_KINDS, ErrorKind

__all__ = ["CLASSES", "ERROR_KINDS", "ErrorKind", "UpstreamError", "error_of"]

CLASSES: dict[str, type["UpstreamError"]] = {}


class UpstreamError(Exception):
    """A call that did not end well. `kind` is a key of ERROR_KINDS; every text is redacted and capped."""

    kind: ClassVar[str] = "upstream_error"

    def __init_subclass__(cls) -> None:
        # A subclass without a kind of its own is a finer case of one that is registered already.
        if "kind" in cls.__dict__:
            CLASSES[cls.kind] = cls

    def __init__(
        self,
        message: str = "",
        *,
        remedy: str = "",
        status: int | None = None,
        code: str = "",
        param: str = "",
        detail: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        content_filter: Mapping[str, object] | None = None,
        sent: bool = True,
        attempts: int = 1,
        region: str = "",
    ) -> None:
        """`retry_after` is in seconds; `sent` is False when not one byte of the request left this machine."""
        words = ERROR_KINDS[self.kind]
        self.message = message or words.sentence
        self.remedy = remedy or words.remedy
        self.status = status
        self.code = code
        self.param = param
        self.detail = detail[:2000]
        self.request_id = request_id
        self.retry_after = retry_after
        self.content_filter = dict(content_filter) if content_filter is not None else None
        self.sent = sent
        self.attempts = attempts
        self.region = region
        super().__init__(self.message)

    @property
    def title(self) -> str:
        """The heading of the page that shows this error."""
        return ERROR_KINDS[self.kind].title

    @property
    def page_status(self) -> int:
        """The HTTP status of our own page that shows this error."""
        return ERROR_KINDS[self.kind].status

    def copy(self) -> "UpstreamError":
        """A twin for another caller: one exception object must not be raised in several threads at once."""
        return _rebuild(type(self), dict(self.__dict__))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), dict(self.__dict__)))


def _rebuild(cls: type[UpstreamError], values: dict[str, object]) -> UpstreamError:
    error = cls(str(values["message"]))
    error.__dict__.update(values)
    return error


class AuthFailed(UpstreamError):
    kind = "auth_failed"


class Forbidden(UpstreamError):
    kind = "forbidden"


class NotFound(UpstreamError):
    kind = "not_found"


class Conflict(UpstreamError):
    kind = "conflict"


class BadRequest(UpstreamError):
    kind = "bad_request"


class ContentFiltered(BadRequest):
    kind = "content_filtered"


class RateLimited(UpstreamError):
    kind = "rate_limited"


class QuotaExceeded(RateLimited):
    kind = "quota_exceeded"


class ServerFailed(UpstreamError):
    kind = "upstream_error"


class Timeout(UpstreamError):
    """Any of the four deadlines."""

    kind = "timeout_total"


class ConnectTimeout(Timeout):
    """No connection: the name is unknown, the port is closed, or nobody answered. Nothing was sent."""

    kind = "timeout_connect"


class FirstByteTimeout(Timeout):
    kind = "timeout_first_byte"


class IdleTimeout(Timeout):
    kind = "timeout_idle"


class TotalTimeout(Timeout):
    kind = "timeout_total"


class ConnectionLost(UpstreamError):
    kind = "connection_lost"


class ProtocolError(UpstreamError):
    kind = "protocol_error"


class TooLarge(UpstreamError):
    kind = "too_large"


class TlsError(UpstreamError):
    kind = "tls_error"


class UpstreamRedirect(UpstreamError):
    kind = "upstream_redirect"


class BlockedByPolicy(UpstreamError):
    kind = "blocked_by_policy"


class CredentialUnreadable(UpstreamError):
    kind = "credential_unreadable"


class LimiterUnavailable(UpstreamError):
    kind = "limiter_unavailable"


class AuditUnavailable(UpstreamError):
    kind = "audit_unavailable"


class SlowClient(UpstreamError):
    kind = "slow_client"


class PermissionRevoked(UpstreamError):
    kind = "permission_revoked"


class Cancelled(UpstreamError):
    kind = "cancelled"


class Interrupted(UpstreamError):
    kind = "interrupted"


class UnknownOutcome(UpstreamError):
    kind = "unknown_outcome"


def error_of(kind: str) -> type[UpstreamError]:
    """The class of a kind; `UpstreamError` for a kind that is not in the vocabulary."""
    return CLASSES.get(kind, UpstreamError)
