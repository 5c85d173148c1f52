"""Reads the stream events of a response (GA specification, `OpenAI.ResponseStreamEvent`).

Event types that we do not know are passed over and counted, because new ones appear at any time.
"""

from console.v1 import parse
from console.v1.events import Delta, Finished, Kind, Usage, explain
from console.v1.failures import UNREDACTED, Fail
from console.v1.filters import Findings

TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})

_DELTAS: dict[str, Kind] = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary.delta": "reasoning",
    "response.reasoning.delta": "reasoning",
    "response.function_call_arguments.delta": "tool",
    "response.mcp_call_arguments.delta": "tool",
    "response.mcp_call.arguments_delta": "tool",
    "response.custom_tool_call_input.delta": "tool",
    "response.code_interpreter_call_code.delta": "tool",
}
_SILENT_ENDINGS = (
    "added",
    "completed",
    "created",
    "done",
    "failed",
    "generating",
    "in_progress",
    "interpreting",
    "partial_image",
    "queued",
    "searching",
)
_CALLS = frozenset({"function_call", "custom_tool_call", "mcp_call", "code_interpreter_call"})


class ResponseAnswer:
    """Reads the events of one answer; `is_finished` after the terminal one."""

    def __init__(self, fail: Fail = UNREDACTED) -> None:
        """`fail` makes the error that an error object of the service means."""
        self._fail = fail
        self.response_id = ""
        self.model = ""
        self.status = ""
        self.reason = ""
        self.usage: Usage | None = None
        self.has_text = False
        self.unknown = 0
        self.service_tier = ""
        self._response: parse.Json = {}
        self._findings = Findings()
        self._places: dict[Kind, object] = {}
        self._names: dict[object, tuple[str, str]] = {}

    @property
    def is_finished(self) -> bool:
        return bool(self.status)

    def feed(self, event: parse.Json) -> list[Delta]:
        """The pieces in one event; raises the service's own error for `error` and `response.failed`."""
        kind = event.get("type")
        delta = _DELTAS.get(kind) if isinstance(kind, str) else None
        if delta is not None:
            return self._delta(delta, event)
        if kind in TERMINAL:
            return self._end(str(kind), parse.mapping(event.get("response")))
        if kind == "error":
            raise self._fail(event)
        if kind == "response.output_item.added":
            return self._item(event)
        self._notice(parse.text(kind), event)
        return []

    def finished(self) -> Finished:
        """How it ended; call it after the terminal event."""
        return Finished(
            reason=self.reason,
            usage=self.usage,
            response_id=self.response_id,
            model=self.model,
            filters=self._findings.rows(),
            explanation=explain(self.reason, has_text=self.has_text, usage=self.usage),
            unknown=self.unknown,
            service_tier=self.service_tier,
            response=self._response,
        )

    def whole(self, response: parse.Json) -> list[Delta]:
        """A response object in any state, as the pieces that a stream would have given."""
        self._take(response)
        self.status = parse.text(response.get("status"))
        detail = parse.text(parse.path(response, "incomplete_details", "reason"))
        self.reason = detail or self.status
        return self._output(response)

    def _delta(self, kind: Kind, event: parse.Json) -> list[Delta]:
        text = event.get("delta")
        if not isinstance(text, str) or not text:
            return []
        if kind == "tool":
            return [self._call(event, text)]
        place = (event.get("output_index"), event.get("summary_index"), event.get("content_index"))
        return self._piece(kind, text, place)

    def _piece(self, kind: Kind, text: str, place: object) -> list[Delta]:
        """A piece of text, set apart by an empty line from another part of the same kind."""
        before = self._places.setdefault(kind, place)
        self._places[kind] = place
        self.has_text = self.has_text or kind in ("text", "refusal")
        return [Delta(kind, text if before == place else f"\n\n{text}")]

    def _call(self, event: parse.Json, text: str) -> Delta:
        self.has_text = True
        position = parse.integer(event.get("output_index")) or 0
        name, call_id = self._names.get(position, ("", ""))
        return Delta("tool", text, name=name, call=position, id=call_id)

    def _item(self, event: parse.Json) -> list[Delta]:
        item = parse.mapping(event.get("item"))
        if item.get("type") not in _CALLS:
            return []
        position = parse.integer(event.get("output_index")) or 0
        name = parse.text(item.get("name")) or parse.text(item.get("type"))
        call_id = parse.text(item.get("call_id")) or parse.text(item.get("id"))
        self._names[position] = (name, call_id)
        self.has_text = True
        return [Delta("tool", "", name=name, call=position, id=call_id)]

    def _notice(self, kind: str, event: parse.Json) -> None:
        if kind in ("response.created", "response.in_progress", "response.queued"):
            self._take(parse.mapping(event.get("response")))
        elif not kind.startswith("response.") or not kind.endswith(_SILENT_ENDINGS):
            self.unknown += 1

    def _end(self, kind: str, response: parse.Json) -> list[Delta]:
        self._take(response)
        self._response = response
        self.status = kind.removeprefix("response.")
        if self.status == "failed":
            raise self._fail(
                parse.mapping(response.get("error")) or {"message": "The model failed without a reason."}
            )
        detail = parse.text(parse.path(response, "incomplete_details", "reason"))
        self.reason = detail if detail and self.status == "incomplete" else self.status
        return [] if self._places or self._names else self._output(response)

    def _take(self, response: parse.Json) -> None:
        self.response_id = parse.text(response.get("id")) or self.response_id
        self.model = parse.text(response.get("model")) or self.model
        self.usage = Usage.parse(response.get("usage")) or self.usage
        self.service_tier = parse.text(response.get("service_tier")) or self.service_tier
        self._findings.response(response)

    def _output(self, response: parse.Json) -> list[Delta]:
        pieces: list[Delta] = []
        for position, item in enumerate(parse.rows(response.get("output"))):
            if item.get("type") == "reasoning":
                for index, part in enumerate(
                    parse.rows(item.get("summary")) or parse.rows(item.get("content"))
                ):
                    pieces += self._filled("reasoning", part.get("text"), (position, index))
            elif item.get("type") in _CALLS:
                pieces += self._item({"item": item, "output_index": position})
                arguments = parse.text(item.get("arguments")) or parse.text(item.get("input"))
                pieces.append(
                    self._call({"output_index": position}, arguments or parse.text(item.get("code")))
                )
            else:
                for index, part in enumerate(parse.rows(item.get("content"))):
                    pieces += self._filled("text", part.get("text"), (position, index))
                    pieces += self._filled("refusal", part.get("refusal"), (position, index))
        return pieces

    def _filled(self, kind: Kind, text: object, place: object) -> list[Delta]:
        return self._piece(kind, text, place) if isinstance(text, str) and text else []
