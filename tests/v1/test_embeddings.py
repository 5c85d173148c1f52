import base64
import struct

import pytest

from console.outbound.errors import ProtocolError
from console.v1 import embeddings
from console.v1.client import Target
from console.v1.events import Usage

TARGET = Target("deployment", "embed")


def ask(client, upstream, rows, texts=("a", "b")):
    upstream["POST /embeddings"] = 200, {"data": rows, "model": "e3", "usage": {"prompt_tokens": 2}}
    body = embeddings.body("embed", list(texts), {"dimensions": 2, "user": None})
    return embeddings.create(client, body, action="run.answer", target=TARGET)


def test_vectors_come_in_the_order_of_their_inputs(client, upstream, recorder):
    rows = [{"index": 1, "embedding": [0.5, 1]}, {"index": 0, "embedding": [0, 0.25]}]

    found = ask(client, upstream, rows)

    assert found.vectors == ((0.0, 0.25), (0.5, 1.0))
    assert (found.usage, found.model, recorder.last["tokens_in"]) == (Usage(input=2), "e3", 2)
    assert upstream.requests[0].json() == {"model": "embed", "input": ["a", "b"], "dimensions": 2}


def test_vectors_may_come_in_base64(client, upstream):
    coded = base64.b64encode(struct.pack("<2f", 0.5, -1)).decode()

    assert ask(client, upstream, [{"index": 0, "embedding": coded}], texts=["a"]).vectors == ((0.5, -1.0),)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"index": 0, "embedding": [1]}],
        [{"index": 0, "embedding": [1]}, {"index": 5, "embedding": [1]}],
        [{"index": 0, "embedding": ["x"]}, {"index": 1, "embedding": [1]}],
        [{"index": 0, "embedding": "%%"}, {"index": 1, "embedding": [1]}],
        [{"index": 0, "embedding": None}, {"index": 1, "embedding": []}],
        None,
    ],
)
def test_an_answer_without_a_vector_for_each_input_is_told(client, upstream, rows):
    with pytest.raises(ProtocolError):
        ask(client, upstream, rows)
