"""Embeddings: vectors for up to 2,048 texts in one call (GA specification, createEmbedding)."""

import base64
import binascii
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.outbound.errors import ProtocolError
from console.outbound.limits import ANSWER
from console.v1 import parse
from console.v1.client import Client, Target
from console.v1.events import Usage
from console.v1.failures import tokens

MAX_INPUTS = 2048


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector for each input, in the order of the inputs; `raw` is the service's JSON."""

    vectors: tuple[tuple[float, ...], ...]
    model: str
    usage: Usage | None
    request_id: str
    raw: parse.Json


def body(
    model: str, texts: str | Sequence[str], parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The JSON body of POST /embeddings: only parameters that were set are in it."""
    given = texts if isinstance(texts, str) else list(texts)
    return parse.present({"model": model, "input": given, **(parameters or {})})


def create(client: Client, body: Mapping[str, Any], *, action: str, target: Target) -> Embeddings:
    """Ask for vectors; this costs money and is recorded. `ProtocolError` when there is not one for each
    input.
    """
    answer = client.change(
        "POST", "/embeddings", json=body, action=action, target=target, limits=ANSWER, counts=tokens
    )
    raw = parse.mapping(answer.json())
    given = body.get("input")
    wanted = 1 if isinstance(given, str) else len(given or ())
    return Embeddings(
        vectors=_vectors(raw, wanted),
        model=parse.text(raw.get("model")),
        usage=Usage.parse(raw.get("usage")),
        request_id=answer.request_id,
        raw=raw,
    )


def _vectors(raw: parse.Json, wanted: int) -> tuple[tuple[float, ...], ...]:
    found: dict[int, tuple[float, ...]] = {}
    for position, row in enumerate(parse.rows(raw.get("data"))):
        index = parse.integer(row.get("index"))
        found[position if index is None else index] = _vector(row.get("embedding"))
    if sorted(found) != list(range(wanted)):
        raise ProtocolError(f"The answer has {len(found)} vectors for {wanted} inputs.")
    return tuple(found[index] for index in range(wanted))


def _vector(value: object) -> tuple[float, ...]:
    """A list of numbers, or the base64 of 32-bit floats that `encoding_format` may ask for."""
    try:
        if isinstance(value, str):
            coded = base64.b64decode(value, validate=True)
            return struct.unpack(f"<{len(coded) // 4}f", coded)
        numbers = [parse.number(each) for each in value] if isinstance(value, list) else []
        vector = tuple(each for each in numbers if each is not None)
    except (binascii.Error, struct.error, ValueError):
        vector = ()
    if not vector or len(vector) != len(numbers):
        raise ProtocolError("The answer holds something that is not a vector.")
    return vector
