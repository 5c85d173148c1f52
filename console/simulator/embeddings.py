"""Embeddings: unit vectors of hashed words and letter groups, so that related texts are near each other.

Shapes: `createEmbedding` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

import base64
import math
import re
import struct
from typing import Any
from zlib import crc32

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import faults
from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.chat_request import deployment_for
from console.simulator.errors import invalid, operation_not_supported
from console.simulator.words import count
from console.simulator.world import Call, call_of

_SIZES = {"text-embedding-3-large": 3072, "text-embedding-3-small": 1536, "text-embedding-ada-002": 1536}
_MOST_INPUTS = 2048
_LONGEST_INPUT = 8191
_LETTERS_WEIGHT = 0.35
_SHORT_WORD, _SHORT_WEIGHT = 2, 0.3

_FIELDS: dict[str, check.Check] = {
    "input": check.either(check.array(_MOST_INPUTS, 1), check.text()),
    "model": check.text(),
    "encoding_format": check.one_of("float", "base64"),
    "dimensions": check.integer(1),
    "user": check.text(),
}


async def create(request: Request) -> Response:
    """POST /embeddings."""
    call = call_of(request)
    told, seconds = embeddings_of(call, await json_object(request))
    await call.world.clock.pause(seconds)
    return JSONResponse(told)


def embeddings_of(call: Call, body: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The answer to a body and the seconds that it takes, else a refusal."""
    if isinstance(body.get("model"), str):
        faults.by_deployment(call, body["model"])
    deployment = deployment_for(call, body)
    if not deployment.model.can("e"):
        raise operation_not_supported("embeddings", deployment.model.name)
    check.check_body(body, _FIELDS, required=("input",), refuse_unknown=check.unrecognized)
    texts, tokens = _inputs(body["input"])
    size = _size(deployment.model.name, body.get("dimensions"))
    call.use(deployment, tokens)
    encode = _packed if body.get("encoding_format") == "base64" else list
    rows = [
        {"object": "embedding", "index": index, "embedding": encode(embed(text, size))}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    told = {"object": "list", "data": rows, "model": deployment.model.id, "usage": usage}
    return told, deployment.character.first_token


def embed(text: str, size: int) -> list[float]:
    """A vector of length one; the same text gives the same vector."""
    vector = [0.0] * size
    for word in re.findall(r"\w+", text.casefold()) or [text]:
        _add(vector, word, 1.0 if len(word) > _SHORT_WORD else _SHORT_WEIGHT)
        for start in range(len(word) - 2):
            _add(vector, "#" + word[start : start + 3], _LETTERS_WEIGHT)
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else _axis(text, size)


def _add(vector: list[float], feature: str, weight: float) -> None:
    code = crc32(feature.encode("utf-8", "replace"))
    vector[code % len(vector)] += weight if code & 0x80000000 else -weight


def _axis(text: str, size: int) -> list[float]:
    vector = [0.0] * size
    vector[crc32(text.encode("utf-8", "replace")) % size] = 1.0
    return vector


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")


def _inputs(given: Any) -> tuple[list[str], int]:
    """The texts to embed and their tokens; token lists become text of their numbers."""
    if isinstance(given, str):
        rows: list[Any] = [given]
    elif all(isinstance(item, int) and not isinstance(item, bool) for item in given):
        rows = [given]
    else:
        rows = given
    read = [_input(index, row) for index, row in enumerate(rows)]
    return [text for text, _ in read], sum(tokens for _, tokens in read)


def _input(index: int, row: Any) -> tuple[str, int]:
    if (
        isinstance(row, list)
        and row
        and all(isinstance(item, int) and not isinstance(item, bool) for item in row)
    ):
        text, tokens = " ".join(str(number) for number in row), len(row)
    elif isinstance(row, str):
        text, tokens = row, count(row)
    else:
        raise check.wrong_type(f"input[{index}]", row, "a string or an array of integers")
    if not text:
        raise invalid("invalid_value", f"Invalid 'input[{index}]': it must not be empty.", param="input")
    if tokens > _LONGEST_INPUT:
        raise invalid(
            "context_length_exceeded",
            f"This model's maximum context length is {_LONGEST_INPUT} tokens, "
            f"however you requested {tokens} tokens.",
            param="input",
        )
    return text, tokens


def _size(model: str, wanted: int | None) -> int:
    full = _SIZES.get(model, 1024)
    if wanted is None:
        return full
    if model == "text-embedding-ada-002":
        raise invalid(
            "unsupported_parameter", "This model does not support specifying dimensions.", param="dimensions"
        )
    if wanted > full:
        message = f"Invalid value for 'dimensions' = {wanted}. Must be less than or equal to {full}."
        raise invalid("integer_above_max_value", message, param="dimensions")
    return wanted


ROUTES = [Route("/embeddings", create, methods=["POST"])]
