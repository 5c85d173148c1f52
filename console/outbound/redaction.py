"""Removing credentials from text: the ones we know, in their obvious encodings, and what looks like one."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

__all__ = ["REDACTED", "Redactor"]

REDACTED = "‹redacted›"
LOOKS_SECRET = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*"
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(?:sk|xai)-[A-Za-z0-9_*-]{8,}"
)
SHORTEST = 6
"""Shorter secrets are not looked for: they would turn ordinary words into marks."""


class Redactor:
    """Replaces the given secrets wherever they appear in a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        return LOOKS_SECRET.sub(REDACTED, text)

    def tree(self, value: object) -> object:
        """The same JSON value with every text in it redacted."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self(str(key)): self.tree(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        return value


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    forms = {secret, secret[::-1], quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    forms |= {raw.hex(), raw.hex().upper(), hashlib.sha256(raw).hexdigest(), hashlib.sha1(raw).hexdigest()}  # noqa: S324
    for encoded in (base64.b64encode(raw), base64.urlsafe_b64encode(raw)):
        forms |= {encoded.decode(), encoded.decode().rstrip("=")}
    if len(secret) >= 24:
        forms |= {secret[:8], secret[-8:]}
    return forms
