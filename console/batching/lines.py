"""What a line of a batch asks and what was answered, in a few words: chat completions, responses, embeddings."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from console.v1 import chat, parse
from console.v1.events import Delta, Usage
from console.v1.problem import problem
from console.v1.response_events import ResponseAnswer

Json = Mapping[str, Any]


class Outcome(NamedTuple):
    """How one line ended; `status` is that of HTTP, None where there was no answer at all."""

    succeeded: bool
    status: int | None
    code: str
    message: str


def outcome(row: Json) -> Outcome:
    """From a line of the output or the error file, whose error stands beside the response or in its body."""
    response = parse.mapping(row.get("response"))
    status = parse.integer(response.get("status_code"))
    body = parse.mapping(response.get("body"))
    told = problem(row.get("error")) or problem(body.get("error"))
    if told is None and status is not None and status < 400:
        return Outcome(True, status, "", "")
    code = told.code if told and told.code else str(status or "no_answer")
    return Outcome(False, status, code, told.message if told else "")


def body_of(row: Json) -> Json:
    return parse.mapping(parse.path(row, "response", "body"))


def usage(row: Json) -> Usage:
    return Usage.parse(body_of(row).get("usage")) or Usage()


def question(request: Json) -> str:
    """The last thing a user says in a request, or what is to be embedded."""
    body = parse.mapping(request.get("body"))
    said = body.get("messages", body.get("input"))
    if isinstance(said, str):
        return said
    if isinstance(said, list) and all(isinstance(one, str) for one in said):
        return "\n".join(said)
    spoken = [one for one in parse.rows(said) if one.get("role") in ("user", None)]
    return content_text(spoken[-1].get("content")) if spoken else ""


def content_text(content: object) -> str:
    """The text of a message, whose content is a text or a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(parse.text(part.get("text")) for part in parse.rows(content) if part.get("text"))


def answer(row: Json) -> str:
    """What the model said: its text, else its refusal, else which tools it called, else how many vectors came."""
    body = body_of(row)
    if body.get("object") == "list":
        vectors = parse.rows(body.get("data"))
        return f"{len(vectors)} vector{'' if len(vectors) == 1 else 's'}"
    deltas = said(body)
    for kind in ("text", "refusal"):
        if text := "".join(one.text for one in deltas if one.kind == kind):
            return text
    return ", ".join(f"{one.name}({one.text})" for one in deltas if one.kind == "tool")


def said(body: Json) -> list[Delta]:
    if "choices" in body:
        reader = chat.ChatAnswer()
        return [*reader.feed(body), *reader.flush()]
    return ResponseAnswer().whole(body) if "output" in body else []
