"""Graders: which there are, what each must look like, and how it marks an answer.

Shapes: `OpenAI.GraderStringCheck` and its siblings in the Azure v1 spec of 2026-01-28. A model grader is
played: its mark is the likeness of the answer and the item, not the judgement of a model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.simulator import parameters as check
from console.simulator.chat_request import named_deployment
from console.simulator.errors import Refusal, invalid
from console.simulator.formula import calculate
from console.simulator.similarity import METRICS, similarity
from console.simulator.templating import names_for, render, text_of
from console.simulator.words import count
from console.simulator.world import Call

OPERATIONS = ("eq", "ne", "like", "ilike")
RUN_TYPES = ("string_check", "text_similarity", "score_model", "multi", "endpoint")
EVAL_TYPES = ("string_check", "text_similarity", "score_model", "label_model", "endpoint")
_VERDICT_TOKENS = 24
_TEXT = check.text()
_INPUT = check.array(64, 1, check.shape({"role": _TEXT}, ("role", "content")))
_COMMON: dict[str, check.Check] = {"type": _TEXT, "name": check.text(256)}
_THRESHOLD: dict[str, check.Check] = {"pass_threshold": check.number()}
_SHAPES: dict[str, tuple[dict[str, check.Check], tuple[str, ...]]] = {
    "string_check": (
        {"input": _TEXT, "reference": _TEXT, "operation": check.one_of(*OPERATIONS)},
        ("input", "reference", "operation"),
    ),
    "text_similarity": (
        {"input": _TEXT, "reference": _TEXT, "evaluation_metric": check.one_of(*METRICS), **_THRESHOLD},
        ("input", "reference", "evaluation_metric"),
    ),
    "score_model": (
        {
            "model": _TEXT,
            "input": _INPUT,
            "range": check.array(2, 2, check.number()),
            "sampling_params": check.mapping,
            **_THRESHOLD,
        },
        ("model", "input"),
    ),
    "label_model": (
        {
            "model": _TEXT,
            "input": _INPUT,
            "labels": check.array(64, 1, _TEXT),
            "passing_labels": check.array(64, 0, _TEXT),
        },
        ("model", "input", "labels", "passing_labels"),
    ),
    "endpoint": (
        {"url": _TEXT, "headers": check.mapping, "rate_limit": check.integer(1), **_THRESHOLD},
        ("url",),
    ),
}


@dataclass(slots=True)
class Mark:
    """What a grader says: a score, the errors that hit it, and what it cost."""

    score: float = 0.0
    errors: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0
    model: str | None = None
    parts: dict[str, float] = field(default_factory=dict)
    label: str | None = None
    seconds: float = 0.0


def check_grader(name: str, value: Any, types: tuple[str, ...] = RUN_TYPES) -> None:
    """Refuses a grader that is not well formed."""
    check.mapping(name, value)
    kind = value.get("type")
    if kind is None:
        raise check.missing(f"{name}.type")
    if kind == "python":
        raise invalid("unsupported_grader", "Python graders are not supported.", param=f"{name}.type")
    check.one_of(*types)(f"{name}.type", kind)
    if kind == "multi":
        _check_multi(name, value)
    else:
        fields, required = _SHAPES[kind]
        check.shape({**_COMMON, **fields}, ("name", *required), closed=True)(name, value)
        _check_together(name, value)


def grade(call: Call, grader: Mapping[str, Any], item: Mapping[str, Any], sample: Any) -> Mark:
    """The mark of a grader for one answer; whatever goes wrong is told in it."""
    began = time.perf_counter()
    mark = Mark()
    _GRADES[grader["type"]](call, grader, names_for(item, sample), mark)
    mark.seconds = time.perf_counter() - began
    return mark


def parts_of(grader: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The graders in a multi grader with the names of the formula; one, a list, or an object of them."""
    given = grader["graders"]
    if isinstance(given, list):
        yield from ((one["name"], one) for one in given)
    elif "type" in given:
        yield given["name"], given
    else:
        yield from given.items()


def _check_multi(name: str, value: dict[str, Any]) -> None:
    fields = {
        **_COMMON,
        "graders": check.either(check.array(16, 1), check.mapping),
        "calculate_output": _TEXT,
    }
    check.shape(fields, ("name", "graders", "calculate_output"), closed=True)(name, value)
    given = value["graders"]
    members = given if isinstance(given, list) else [given] if "type" in given else list(given.values())
    for index, member in enumerate(members):
        check_grader(f"{name}.graders[{index}]", member, tuple(kind for kind in RUN_TYPES if kind != "multi"))
    try:
        calculate(
            value["calculate_output"],
            {alias: 0.5 for key, one in parts_of(value) for alias in _aliases(key, one)},
        )
    except ValueError as error:
        message = f"Invalid '{name}.calculate_output': {error}"
        raise invalid("invalid_formula", message, param=f"{name}.calculate_output") from error


def _check_together(name: str, value: dict[str, Any]) -> None:
    if value["type"] == "endpoint" and not value["url"].startswith("https://"):
        raise _wrong(f"{name}.url", "the URL of an endpoint begins with 'https://'")
    if value["type"] == "label_model" and not set(value["passing_labels"]) <= set(value["labels"]):
        raise _wrong(f"{name}.passing_labels", "each of them must be one of 'labels'")
    if value.get("range") and value["range"][0] >= value["range"][1]:
        raise _wrong(f"{name}.range", "the first number must be below the second")


def _wrong(place: str, why: str) -> Refusal:
    return invalid("invalid_value", f"Invalid '{place}': {why}.", param=place)


def _string_check(_call: Call, grader: Mapping[str, Any], names: Mapping[str, Any], mark: Mark) -> None:
    said, wanted = (_rendered(grader[key], names, mark) for key in ("input", "reference"))
    fits = {
        "eq": said == wanted,
        "ne": said != wanted,
        "like": wanted in said,
        "ilike": wanted.casefold() in said.casefold(),
    }
    mark.score = float(fits[grader["operation"]])


def _text_similarity(_call: Call, grader: Mapping[str, Any], names: Mapping[str, Any], mark: Mark) -> None:
    said, wanted = (_rendered(grader[key], names, mark) for key in ("input", "reference"))
    mark.score = round(similarity(grader["evaluation_metric"], said, wanted), 6)


def _score_model(call: Call, grader: Mapping[str, Any], names: Mapping[str, Any], mark: Mark) -> None:
    prompt = _asked(call, grader, names, mark)
    low, high = grader.get("range") or (0.0, 1.0)
    if not mark.errors.get("model_grader_server_error"):
        mark.score = round(low + (high - low) * _likeness(prompt, names), 3)


def _label_model(call: Call, grader: Mapping[str, Any], names: Mapping[str, Any], mark: Mark) -> None:
    """The label that the last message names, else the one whose words are most like it."""
    prompt = _asked(call, grader, names, mark)
    if mark.errors.get("model_grader_server_error"):
        return
    last = prompt.rpartition("\n")[2].casefold()
    named = [label for label in grader["labels"] if label.casefold() in last]
    mark.label = named[0] if named else max(grader["labels"], key=lambda label: _nearness(label, last))
    mark.score = float(mark.label in grader["passing_labels"])


def _endpoint(_call: Call, _grader: Mapping[str, Any], _names: Mapping[str, Any], mark: Mark) -> None:
    mark.errors["other_error"] = True


def _multi(call: Call, grader: Mapping[str, Any], names: Mapping[str, Any], mark: Mark) -> None:
    values: dict[str, float] = {}
    for key, member in parts_of(grader):
        part = Mark()
        _GRADES[member["type"]](call, member, names, part)
        mark.parts[key] = part.score
        mark.tokens += part.tokens
        mark.model = mark.model or part.model
        mark.errors |= part.errors
        values |= dict.fromkeys(_aliases(key, member), part.score)
    try:
        mark.score = round(calculate(grader["calculate_output"], values), 6)
    except ValueError:
        mark.errors["formula_parse_error"] = True


def _asked(call: Call, grader: Mapping[str, Any], names: Mapping[str, Any], mark: Mark) -> str:
    """The prompt of a model grader; its tokens are counted, and its model must be deployed."""
    texts = [_rendered(text_of(message["content"]), names, mark) for message in grader["input"]]
    prompt = "\n".join(texts)
    mark.model = grader["model"]
    if named_deployment(call, grader["model"]) is None:
        mark.errors["model_grader_server_error"] = True
        mark.errors["model_grader_server_error_details"] = f"There is no deployment '{grader['model']}'."
    else:
        mark.tokens = count(prompt) + _VERDICT_TOKENS
    return prompt


def _likeness(prompt: str, names: Mapping[str, Any]) -> float:
    sample = names["sample"].get("output_text") if isinstance(names["sample"], Mapping) else ""
    known = " ".join(str(value) for value in names["item"].values()) or prompt
    return similarity("cosine", sample or prompt, known)


def _nearness(label: str, text: str) -> tuple[float, str]:
    return similarity("cosine", label, text), label


def _rendered(template: str, names: Mapping[str, Any], mark: Mark) -> str:
    text, missing = render(template, names)
    if missing:
        mark.errors["invalid_variable_error"] = True
    return text


def _aliases(key: str, grader: Mapping[str, Any]) -> set[str]:
    """The names under which a formula may speak of a grader."""
    stems = {key, key.replace(" ", "_"), grader["name"], grader["name"].replace(" ", "_"), grader["type"]}
    return stems | {f"{stem}_score" for stem in stems}


_GRADES = {
    "string_check": _string_check,
    "text_similarity": _text_similarity,
    "score_model": _score_model,
    "label_model": _label_model,
    "endpoint": _endpoint,
    "multi": _multi,
}
