"""What went wrong with an object of a resource, in the service's own words.

Jobs say `{code, message, param}`, batches add `line`, vector store files leave `param` out; never the form of
an HTTP error.
"""

from dataclasses import dataclass

from console.v1 import parse


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 in an input file; members that were not told are empty."""

    code: str
    message: str
    param: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return self.message or self.code


def problem(value: object) -> Problem | None:
    """The problem that an object names; None when it names none, as an empty object or null does."""
    raw = parse.mapping(value)
    told = Problem(
        code=parse.label(raw.get("code")),
        message=parse.text(raw.get("message")),
        param=parse.text(raw.get("param")),
        line=parse.integer(raw.get("line")),
    )
    return told if told.code or told.message else None


def problems(value: object) -> tuple[Problem, ...]:
    """The problems of a list, as in `errors.data` of a batch."""
    found = (problem(each) for each in parse.rows(value))
    return tuple(each for each in found if each is not None)
