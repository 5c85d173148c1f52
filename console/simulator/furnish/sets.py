"""Data sets made of the shop's texts: training examples, batch requests, rows of evaluations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from console.simulator.filters import BLOCK_PROMPT
from console.simulator.furnish.shop import QUESTIONS, REVIEWS

_SYSTEM = "You answer customers of an outdoor shop in one or two plain sentences."
_OPENINGS = ("{}", "Hello! {}", "A quick question: {}", "{} Thanks!")


def lines(rows: Iterable[Any]) -> str:
    """Rows as JSONL."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def training() -> list[dict[str, Any]]:
    """Sixty conversations of the support desk."""
    return [
        {
            "messages": [
                {"role": "system", "content": _SYSTEM},
                {"role": "user", "content": opening.format(question)},
                {"role": "assistant", "content": answer},
            ]
        }
        for opening in _OPENINGS
        for question, answer in QUESTIONS
    ]


def broken_training() -> str:
    """The same with one line cut in the middle, as a careless export leaves it."""
    whole = lines(training()).splitlines()
    whole[16] = whole[16][: len(whole[16]) // 2]
    return "\n".join(whole) + "\n"


def preferences() -> list[dict[str, Any]]:
    """Answers that are liked, and others to the same question that are not."""
    return [
        {
            "input": {"messages": [{"role": "user", "content": opening.format(question)}]},
            "preferred_output": [{"role": "assistant", "content": answer}],
            "non_preferred_output": [{"role": "assistant", "content": "Please see our website for that."}],
        }
        for opening in _OPENINGS[:2]
        for question, answer in QUESTIONS
    ]


def prompts() -> list[dict[str, Any]]:
    """Questions alone, with the answer that a grader compares with."""
    return [
        {"messages": [{"role": "user", "content": opening.format(question)}], "reference_answer": answer}
        for opening in _OPENINGS[:3]
        for question, answer in QUESTIONS
    ]


def sentiment_batch(times: int = 3) -> list[dict[str, Any]]:
    """A request for each review, several times over."""
    return [
        _request(f"review-{turn}-{number:02d}", f"Is this review positive, negative or mixed? {review}")
        for turn in range(1, times + 1)
        for number, review in enumerate(REVIEWS, 1)
    ]


def troubled_batch() -> list[dict[str, Any]]:
    """Requests of which some are refused: a wrong temperature, an unknown parameter, a blocked prompt."""
    rows = [
        _request(f"reply-{number:02d}", f"Write a short reply to this review: {review}")
        for number, review in enumerate(REVIEWS, 1)
    ]
    rows[2]["body"]["temperature"] = 7
    rows[5]["body"]["temperature"] = 7
    rows[6]["body"]["messages"][0]["content"] = f"{BLOCK_PROMPT} {REVIEWS[6]}"
    rows[8]["body"]["creativity"] = "high"
    return rows


def duplicate_batch() -> list[dict[str, Any]]:
    """Requests that share an id, which makes the whole batch fail."""
    return [_request("review", f"Summarise: {review}") for review in REVIEWS[:3]]


def recorded_answers(*, good: int, worse: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Sixty rows with an answer each, of which `good` are right but for those in `worse`; six more are near."""
    asked = [(opening.format(question), answer) for opening in _OPENINGS for question, answer in QUESTIONS]
    rows = []
    for number, (question, answer) in enumerate(asked):
        place = number * 7 % len(asked)
        near = answer.lower().rstrip(".")
        other = asked[(number + 4) % len(asked)][1]
        is_right = place < good and place not in worse
        text = answer if is_right else near if good <= place < good + 6 else other
        row = {"item": {"question": question, "answer": answer}, "sample": {"output_text": text}}
        rows.append(row)
    return rows


def questions() -> list[dict[str, Any]]:
    """Rows with a question and the answer that is wanted."""
    return [{"item": {"question": question, "answer": answer}} for question, answer in QUESTIONS]


def _request(identifier: str, prompt: str) -> dict[str, Any]:
    body = {"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": prompt}]}
    return {"custom_id": identifier, "method": "POST", "url": "/v1/chat/completions", "body": body}
