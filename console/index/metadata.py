"""Metadata as labels: what an object was marked with, so that lists can be narrowed by a key, or a key and value."""

import hashlib
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

PAIR, KEY = "meta", "has"
LONGEST = 60
"""A longer word stands in the labels as a digest: it can be asked for, not listed."""


def labels(metadata: Mapping[str, str]) -> Iterator[str]:
    """Two labels for each pair, without any space in them."""
    for key, value in metadata.items():
        yield f"{KEY}:{word(key)}"
        yield f"{PAIR}:{word(key)}={word(value)}"


def wanted(text: str) -> str:
    """The label that `key = value`, or a key alone, asks for."""
    key, sign, value = (part.strip() for part in text.partition("="))
    return f"{PAIR}:{word(key)}={word(value)}" if sign else f"{KEY}:{word(key)}"


def word(text: str) -> str:
    quoted = quote(text, safe="", errors="replace")
    if len(quoted) <= LONGEST:
        return quoted
    return "#" + hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def written(counted: str) -> str:
    """A pair as people write it, from a label without its name; "" where the label holds a digest."""
    return "" if "#" in counted else unquote(counted.replace("=", " = ", 1))
