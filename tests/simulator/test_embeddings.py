from __future__ import annotations

import base64
import math
import struct
from typing import Any

import pytest
from starlette.testclient import TestClient

URL = "/openai/v1/embeddings"


def vectors(
    peer: TestClient, given: Any, model: str = "text-embedding-3-small", **more: Any
) -> list[list[float]]:
    answer = peer.post(URL, json={"model": model, "input": given, **more}).json()
    return [row["embedding"] for row in answer["data"]]


def near(left: list[float], right: list[float]) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))


def test_related_texts_are_near_each_other(peer: TestClient) -> None:
    cat, kitten, money = vectors(
        peer, ["a cat sleeps on a mat", "the cat slept on the mat", "quarterly revenue"]
    )

    assert near(cat, kitten) > 0.3 > 0.1 > near(cat, money)


def test_a_vector_has_length_one_and_the_size_of_its_model(peer: TestClient) -> None:
    small, large = vectors(peer, "tides")[0], vectors(peer, "tides", "text-embedding-3-large")[0]

    assert (len(small), len(large)) == (1536, 3072)
    assert math.isclose(near(small, small), 1.0)
    assert len(vectors(peer, "tides", dimensions=256)[0]) == 256


def test_base64_carries_the_same_numbers(peer: TestClient) -> None:
    packed: Any = vectors(peer, "tides", encoding_format="base64")[0]
    numbers = struct.unpack("<1536f", base64.b64decode(packed))

    assert near(list(numbers), vectors(peer, "tides")[0]) == pytest.approx(1.0, abs=1e-6)


def test_tokens_are_taken_too(peer: TestClient) -> None:
    assert len(vectors(peer, [1, 2, 3])) == 1
    assert len(vectors(peer, [[1, 2], [3]])) == 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", None]}, "input[1]"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "word " * 9000}, "input"),
        ({"dimensions": 0}, "dimensions"),
        ({"dimensions": 5000}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"model": "text-embedding-3-small", "speed": 1}, "speed"),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, body: dict[str, Any], param: str) -> None:
    answer = peer.post(URL, json={"model": "text-embedding-3-small", "input": "x", **body})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_a_chat_model_does_not_embed(peer: TestClient) -> None:
    answer = peer.post(URL, json={"model": "gpt-4.1", "input": "x"})

    assert answer.json()["error"]["code"] == "OperationNotSupported"


def test_the_oldest_model_has_one_size(peer: TestClient) -> None:
    url = "/resources/contoso-legacy/openai/v1/embeddings"

    assert peer.post(url, json={"model": "embeddings", "input": "x", "dimensions": 8}).status_code == 400
