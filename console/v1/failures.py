"""Errors inside answers: error objects in streams and in bodies with status 200; and what a call cost."""

from collections.abc import Callable, Mapping

from console.outbound.answer import Answer
from console.outbound.auth import Auth
from console.outbound.diagnosis import body_error
from console.outbound.errors import UpstreamError
from console.outbound.json_text import parse_json
from console.outbound.redaction import Redactor
from console.v1 import parse
from console.v1.events import Usage

Fail = Callable[[object], UpstreamError]


def failing(auth: Auth, model: str = "") -> Fail:
    """Makes our error out of the service's error object, without this credential in any of its texts."""
    return lambda value: body_error(value, redact=Redactor(auth.secrets()), model=model)


def UNREDACTED(value: object) -> UpstreamError:  # noqa: N802 - a default, used as a constant
    """For bodies that were read without a credential at hand."""
    return body_error(value, redact=Redactor())


def tokens(answer: Answer) -> Mapping[str, int]:
    """What a whole answer says it cost, for the audit; nothing when it is not readable."""
    try:
        return counted(Usage.parse(parse.mapping(parse_json(answer.body)).get("usage")))
    except UpstreamError:
        return {}


def counted(usage: Usage | None) -> dict[str, int]:
    """Usage as the audit's counts."""
    if usage is None:
        return {}
    return parse.present({"tokens_in": usage.input, "tokens_out": usage.output})
