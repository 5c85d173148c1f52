"""One call on its way: what is asked, what may be sent with it, and whether another attempt is due."""

import base64
import binascii
import json
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import httpx

from .auth import Auth
from .body import SizedBody
from .clock import Clock
from .diagnosis import error_of_answer
from .endpoint import Endpoint, refusal
from .errors import AuthFailed, BadRequest, UpstreamError
from .limits import CallClass
from .redaction import Redactor
from .retry import RetryBudget, delay_before_retry

__all__ = ["ALLOWED_HEADERS", "Call", "encoded", "headers_to_send"]

USER_AGENT = "v1-console"
ALLOWED_HEADERS = frozenset(
    {
        "accept",
        "aoai-copy-ft-checkpoints",
        "aoai-evals",
        "content-type",
        "if-match",
        "if-none-match",
        "range",
        "x-ms-client-request-id",
        "x-ms-oai-image-generation-deployment",
        "x-ms-spillover-deployment",
    }
)
"""The headers that a caller may set; the door adds its own and the credential's. Nothing else is sent."""

CLAIMS = re.compile(r'claims="?([A-Za-z0-9+/=_-]+)')

# These libraries log URLs, headers and what servers echo, which may hold credentials; our errors tell enough.
for noisy in ("httpx", "httpcore", "aiohttp", "azure", "msal", "urllib3"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


class Call:
    """What is asked, its clock, and how its attempts went."""

    def __init__(
        self,
        method: str,
        url: httpx.URL,
        headers: dict[str, str],
        content: bytes | Iterable[bytes] | None,
        auth: Auth | None,
        limits: CallClass,
        endpoint: Endpoint,
        model: str,
        budget: RetryBudget,
    ) -> None:
        self.method, self.url, self.content = method, url, content
        self.auth, self.limits, self.endpoint = auth, limits, endpoint
        self.clock = Clock(limits)
        self.attempts = 0
        self.claims: str | None = None
        self.rejected = ""
        self._headers = headers
        self._model = model
        self._budget = budget
        self._waited = 0.0
        self._refreshed = False
        self._hint = ""

    def begin_attempt(self, credential: Mapping[str, str]) -> dict[str, str]:
        """Starts the deadlines of an attempt; the headers to send with it."""
        self.attempts += 1
        self.clock.begin_attempt()
        self.rejected = next(iter(credential.values()), "")
        return {**self._headers, **credential}

    def body(self) -> bytes | Iterable[bytes] | None:
        """What to send in this attempt."""
        return self._paced(self.content) if isinstance(self.content, SizedBody) else self.content

    def _paced(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Each piece may take as long to leave as a silence may last; then the answer is waited for."""
        for piece in pieces:
            self.clock.touch()
            yield piece
        self.clock.sent()

    def set_headers(self, headers: dict[str, str]) -> None:
        """Replaces the headers; for sign-in libraries only, which choose their own."""
        self._headers = headers

    def secrets(self) -> Sequence[str]:
        return self.auth.secrets() if self.auth is not None else ()

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> UpstreamError:
        """The error that an answer means, with every credential taken out of its text."""
        self._hint = headers.get("x-should-retry", "").lower()
        self.claims = _claims_in(headers.get("www-authenticate", ""))
        return error_of_answer(status, headers, body, redact=Redactor(self.secrets()), model=self._model)

    def wants_new_token(self, error: UpstreamError) -> bool:
        """Whether this is the one time that a 401 is answered with a new token."""
        refreshable = self.auth is not None and self.auth.can_refresh and self._can_repeat()
        if not refreshable or self._refreshed or not (isinstance(error, AuthFailed) and error.status == 401):
            return False
        self._refreshed = True
        return True

    def delay_after(self, error: UpstreamError) -> float:
        """Seconds to wait before one more attempt. Raises the error when there must not be one."""
        error.attempts = max(self.attempts, 1)
        delay = delay_before_retry(
            error, method=self.method, attempt=self.attempts - self._refreshed, hint=self._hint
        )
        if delay is None or not self.limits.retry or not self._can_repeat():
            raise error
        patience = self.limits.wait - self._waited
        left = self.clock.ends - time.monotonic()
        if not error.sent:
            left = min(left, self.limits.connect - self.clock.elapsed)
        if delay > min(patience, left) or not self._budget.spend():
            raise error
        self._waited += delay
        return delay

    def _can_repeat(self) -> bool:
        return self.content is None or isinstance(self.content, bytes)

    def __repr__(self) -> str:
        return f"<Call {self.method} {self.endpoint.origin}>"


def headers_to_send(
    headers: Mapping[str, str], *, is_json: bool, body: SizedBody | None = None
) -> dict[str, str]:
    """The caller's headers with the door's own. Raises BlockedByPolicy for any that is not on the list."""
    sent = {"user-agent": USER_AGENT, "accept": "application/json", "accept-encoding": "identity"}
    if is_json:
        sent["content-type"] = "application/json"
    for name, value in headers.items():
        if name.lower() not in ALLOWED_HEADERS or not value.isascii() or not value.isprintable():
            raise refusal(f"The header {name[:40]!a} may not be sent.")
        sent[name.lower()] = value
    return sent | body.headers if body is not None else sent


def encoded(value: object) -> bytes:
    """The JSON text of a request body. Raises BadRequest for what JSON cannot carry."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode()
    except (ValueError, TypeError, RecursionError):
        raise BadRequest(
            "The request contains a number or a character that JSON cannot carry. Nothing was sent.",
            sent=False,
        ) from None


def _claims_in(challenge: str) -> str | None:
    """The claims of a Continuous Access Evaluation challenge, as JSON text."""
    found = CLAIMS.search(challenge) if "insufficient_claims" in challenge else None
    if found is None:
        return None
    text = found[1].rstrip("=")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_").decode()
        return decoded if isinstance(cast(object, json.loads(decoded)), dict) else None
    except (binascii.Error, ValueError):
        return None
