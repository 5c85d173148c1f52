import random

import pytest
import toktok

from console.jsonl import Purpose, check
from console.jsonl.tokens import ANSWER, MESSAGE

from .examples import PREFERENCE, REINFORCEMENT, TOOL, USER, chat, line, request


def tokens(data, purpose, **options):
    return check(data, purpose, **options).tokens


def count(*texts):
    return toktok.batch_count(["\n".join(texts)], "o200k_base")[0]


@pytest.mark.parametrize(
    ("value", "purpose", "expected"),
    [
        (REINFORCEMENT, Purpose.REINFORCEMENT, count(USER["content"]) + MESSAGE + ANSWER),
        (PREFERENCE, Purpose.PREFERENCE, count(USER["content"], "4", "5") + 3 * (MESSAGE + ANSWER)),
        (request(), Purpose.BATCH, count(USER["content"]) + MESSAGE + ANSWER),
        (
            {**request(), "url": "/v1/embeddings", "body": {"model": "e", "input": [[1, 2, 3], [4]]}},
            Purpose.BATCH,
            4,
        ),
        (
            {**request(), "url": "/v1/responses", "body": {"model": "e", "input": "hi", "instructions": "x"}},
            Purpose.BATCH,
            count("hi", "x"),
        ),
        ({"item": {"a": "hi"}}, Purpose.EVALS, count('{"a": "hi"}')),
    ],
)
def test_the_texts_of_a_line_are_counted(value, purpose, expected):
    assert tokens(line(value), purpose).total == expected


def test_tools_and_calls_are_counted_and_images_are_told_apart():
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    call = {"function": {"name": "add", "arguments": "{}"}}
    question = {"role": "user", "content": [{"type": "text", "text": "hi"}, picture]}
    answer = {"role": "assistant", "tool_calls": [call]}

    result = tokens(
        line(chat(question, answer)) + line(chat(question, answer, tools=[TOOL])), Purpose.SUPERVISED
    )

    assert (result.images, result.least) == (2, count("hi", "add", "{}") + 2 * MESSAGE + ANSWER)
    assert result.most > result.least + 10


def test_the_median_and_the_95th_percentile_are_right_to_one_percent():
    sizes = [random.Random(4).randint(10, 4000) for _ in range(400)]
    lengths = sorted(size + MESSAGE + ANSWER for size in sizes)
    data = b"".join(
        line(chat({"role": "user", "content": "hello" + " hello" * (size - 1)})) for size in sizes
    )

    result = tokens(data, Purpose.REINFORCEMENT, context=3500)

    assert (result.least, result.most, result.total) == (lengths[0], lengths[-1], sum(lengths))
    assert result.median == pytest.approx(lengths[199], rel=0.01)
    assert result.p95 == pytest.approx(lengths[379], rel=0.01)
    assert result.over_context == sum(length > 3500 for length in lengths)
    assert [length for length, _ in result.longest] == lengths[:-11:-1]
    assert all(sizes[number - 1] + MESSAGE + ANSWER == length for length, number in result.longest)


def test_the_output_limits_of_a_batch_are_added_up():
    bodies = [{"max_tokens": 10}, {"max_completion_tokens": 5}, {}, {"max_tokens": "many"}]

    result = tokens(
        b"".join(line(request(str(index), **body)) for index, body in enumerate(bodies)), Purpose.BATCH
    )

    assert (result.output_limit, result.without_limit) == (15, 2)


def test_half_a_character_does_not_stop_the_count():
    assert tokens(b'{"item": {"a": "\\ud800"}}\n', Purpose.EVALS).examples == 1


def test_a_file_without_examples_has_no_tokens():
    result = tokens(b"", Purpose.EVALS)

    assert (result.examples, result.total, result.median, result.p95, result.longest) == (0, 0, 0, 0, ())
