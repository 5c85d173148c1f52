"""The arithmetic of the audit chain: canonical texts and their hashes.

`hash = SHA-256(0x01 | chain id | seq | previous hash | canonical text)`, with a NUL, which no part contains,
between the parts.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

CHAIN = "console"
GENESIS = "0" * 64
TEXT_LIMIT = 2048


def tidy(value: Any) -> Any:
    """Make a value safe for a canonical text: no floats, no lone surrogates or NUL, at most 2 KiB a text."""
    match value:
        case bool() | int() | None:
            return value
        case float():
            return repr(value)
        case Mapping():
            return {tidy(str(key)): tidy(one) for key, one in value.items()}
        case set() | frozenset():
            return sorted((tidy(one) for one in value), key=str)
        case list() | tuple():
            return [tidy(one) for one in value]
        case _:
            return cut(str(value).replace("\x00", "\ufffd").encode("utf-8", "replace").decode(), TEXT_LIMIT)


def cut(text: str, length: int) -> str:
    """Shorten `text` to `length` characters; the last one tells that something is missing."""
    return text if len(text) <= length else text[: length - 1] + "…"


def canonical_text(content: Mapping[str, Any]) -> str:
    """Return the one spelling of `content`: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def chained(seq: int, prev_hash: str, canonical: str) -> str:
    """Return the hash of event `seq` after `prev_hash`, in hexadecimal."""
    text = b"\x01" + b"\x00".join([CHAIN.encode(), str(seq).encode(), prev_hash.encode(), canonical.encode()])
    return hashlib.sha256(text).hexdigest()
