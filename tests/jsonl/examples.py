"""Lines that are right for each purpose, and how to spoil them."""

import json
from typing import Any

from console.jsonl import Problem, Purpose, Report, check
from console.jsonl.lines import BOM


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


USER = {"role": "user", "content": "What is 2 + 2?"}
ASSISTANT = {"role": "assistant", "content": "4"}
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 2}'}}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}

SUPERVISED = chat(USER, ASSISTANT)
PREFERENCE = {
    "input": chat(USER),
    "preferred_output": [ASSISTANT],
    "non_preferred_output": [{"role": "assistant", "content": "5"}],
}
REINFORCEMENT = chat(USER, answer="4")
EVALS = {"item": {"question": "What is 2 + 2?", "answer": "4"}}


def request(custom_id: Any = "r1", **body: Any) -> dict[str, Any]:
    return {
        "custom_id": custom_id,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "gpt", "messages": [USER], **body},
    }


GOOD: dict[Purpose, Any] = {
    Purpose.SUPERVISED: SUPERVISED,
    Purpose.PREFERENCE: PREFERENCE,
    Purpose.REINFORCEMENT: REINFORCEMENT,
    Purpose.BATCH: request(),
    Purpose.EVALS: EVALS,
}


def good_file(purpose: Purpose) -> bytes:
    """A file without any problem."""
    if purpose is Purpose.BATCH:
        return b"".join(line(request(f"r{number}")) for number in range(10))
    return (BOM if purpose.is_training else b"") + line(GOOD[purpose]) * 10


def report(data: bytes, purpose: Purpose = Purpose.EVALS, **options: Any) -> Report:
    return check(data, purpose, count_tokens=False, **options)


def found(value: Any, purpose: Purpose, **options: Any) -> list[tuple[str, str]]:
    """The codes and paths of the problems in one line of a file that is right otherwise."""
    start = b"" if not purpose.is_training else BOM
    others = b"" if purpose is Purpose.BATCH else line(GOOD[purpose]) * 10
    problems = report(start + others + line(value), purpose, **options).problems
    return [(problem.code, problem.path) for problem in problems]


def only(problems: tuple[Problem, ...]) -> Problem:
    (problem,) = problems
    return problem
