"""The one vocabulary of failures: what people read for each kind, and the status of the page that says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ERROR_KINDS", "ErrorKind"]

NOTHING_CHANGED = "Nothing was changed and nothing was charged."
MAYBE_CHARGED = "What the resource had done by then may be charged."


@dataclass(frozen=True)
class ErrorKind:
    """One kind of failure: heading, what happened, what to do, and the status of our own page."""

    title: str
    sentence: str
    remedy: str
    status: int


ERROR_KINDS: Mapping[str, ErrorKind] = MappingProxyType(
    {
        "auth_failed": ErrorKind(
            "Sign-in to the resource failed",
            f"The resource did not accept the credential of this connection. {NOTHING_CHANGED}",
            "Check the key or the Entra ID settings of the connection; they must belong to this resource.",
            502,
        ),
        "forbidden": ErrorKind(
            "The resource refused access",
            f"The credential is valid, but the resource does not let it do this. {NOTHING_CHANGED}",
            "Ask for a role that includes this action, or check the network rules of the resource.",
            403,
        ),
        "not_found": ErrorKind(
            "Not found on the resource",
            f"The resource does not know what was asked for. {NOTHING_CHANGED}",
            "Check the name; it may have been deleted, or made less than a minute ago.",
            404,
        ),
        "conflict": ErrorKind(
            "The resource is in another state",
            f"What was asked for does not fit the present state of the object. {NOTHING_CHANGED}",
            "Refresh the page to see the present state, then decide again.",
            409,
        ),
        "bad_request": ErrorKind(
            "The resource did not accept the request",
            f"The resource refused a value in the request. {NOTHING_CHANGED}",
            "Correct the value that the resource names.",
            422,
        ),
        "content_filtered": ErrorKind(
            "Stopped by the content filter",
            "The content filter of the resource blocked this request. Nothing was changed; "
            "the prompt may be charged.",
            "Rephrase the prompt, or review the content filter of the deployment.",
            422,
        ),
        "rate_limited": ErrorKind(
            "Too many requests",
            f"The resource asks to slow down. {NOTHING_CHANGED}",
            "Wait a moment and try again, or raise the capacity of the deployment.",
            429,
        ),
        "quota_exceeded": ErrorKind(
            "Quota used up",
            f"The quota of the resource or of its subscription is used up. {NOTHING_CHANGED}",
            "Ask for more quota, or use another deployment or region.",
            429,
        ),
        "upstream_error": ErrorKind(
            "The resource failed",
            "The resource answered with an error of its own. Whether it did anything is not known.",
            "Try again in a minute; if it stays, give the request id to the resource's support.",
            502,
        ),
        "timeout_connect": ErrorKind(
            "The resource could not be reached",
            f"No connection to the resource could be made. {NOTHING_CHANGED}",
            "Check the address of the connection, and that this server may reach it.",
            504,
        ),
        "timeout_first_byte": ErrorKind(
            "The resource did not begin to answer",
            f"The request was sent, but no answer began in time. {MAYBE_CHARGED}",
            "Try again, or allow more time for slow models.",
            504,
        ),
        "timeout_idle": ErrorKind(
            "The resource stopped answering",
            f"The answer began, then nothing more came for too long. {MAYBE_CHARGED}",
            "What had arrived is kept. Try again if you need the rest.",
            504,
        ),
        "timeout_total": ErrorKind(
            "The answer took too long",
            f"The answer was not complete within the time allowed. {MAYBE_CHARGED}",
            "Ask for less at once, or try again.",
            504,
        ),
        "connection_lost": ErrorKind(
            "The connection broke",
            f"The resource closed the connection before its answer was complete. {MAYBE_CHARGED}",
            "Try again; if it stays, check proxies and gateways on the way.",
            502,
        ),
        "protocol_error": ErrorKind(
            "The answer could not be understood",
            f"What came back is not a valid answer of this API. {MAYBE_CHARGED}",
            "Check that the address is an OpenAI-compatible API and not a web page or a gateway's own error.",
            502,
        ),
        "too_large": ErrorKind(
            "Too large",
            f"The answer or the request is larger than is allowed. {MAYBE_CHARGED}",
            "Ask for less at once.",
            502,
        ),
        "tls_error": ErrorKind(
            "No secure connection",
            f"The certificate or the encryption of the resource was not accepted. {NOTHING_CHANGED}",
            "Check the address; the certificate must be valid for this name and from a known authority.",
            502,
        ),
        "upstream_redirect": ErrorKind(
            "The resource sent us elsewhere",
            "The resource answered with a redirect. Redirects are never followed, "
            "so that credentials stay with their host.",
            "Enter the final address of the resource.",
            502,
        ),
        "blocked_by_policy": ErrorKind(
            "Not allowed by this console",
            f"The outbound policy of this console does not allow this address. {NOTHING_CHANGED}",
            "Use another address, or ask the operator to allow this one.",
            422,
        ),
        "credential_unreadable": ErrorKind(
            "Stored credential unreadable",
            f"The stored credential cannot be decrypted with the present keys. {NOTHING_CHANGED}",
            "Enter the credential again, or restore the encryption key.",
            503,
        ),
        "limiter_unavailable": ErrorKind(
            "Limits cannot be checked",
            f"The counter of limits is not reachable, so the call was not made. {NOTHING_CHANGED}",
            "Try again in a moment.",
            503,
        ),
        "audit_unavailable": ErrorKind(
            "Audit log unavailable",
            f"The audit log cannot be written, so the call was not made. {NOTHING_CHANGED}",
            "Try again in a moment; if it stays, tell the operator.",
            503,
        ),
        "slow_client": ErrorKind(
            "Your browser reads too slowly",
            "The browser did not read the answer fast enough, so it was ended. What had arrived is kept.",
            "Reload the page to see what was kept.",
            408,
        ),
        "permission_revoked": ErrorKind(
            "Permission withdrawn",
            "Your permission for this connection was withdrawn while it was in use.",
            "Ask an administrator.",
            403,
        ),
        "cancelled": ErrorKind(
            "Stopped",
            f"This was stopped on request. {MAYBE_CHARGED}",
            "Start it again if you need it.",
            409,
        ),
        "interrupted": ErrorKind(
            "Interrupted",
            f"The answer ended before it was complete. {MAYBE_CHARGED}",
            "What had arrived is kept. Run it again if you need the rest; it is never repeated by itself.",
            502,
        ),
        "unknown_outcome": ErrorKind(
            "Outcome unknown",
            "The request was sent, but whether it took effect is not known.",
            "Look at the resource before trying again.",
            502,
        ),
    }
)
