"""Chat completions: the JSON answer and the stream of chunks.

Shapes: `createChatCompletion` in the Azure v1 spec of 2026-01-28. Azure's own manners in the stream: the
first chunk carries `prompt_filter_results` and no choice; with `include_usage` the last one has the usage.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import faults, filters, stored_completions
from console.simulator.answers import Answer, Ask, admit, answer, cached_tokens
from console.simulator.bodies import json_object
from console.simulator.chat_request import read_chat
from console.simulator.pace import Pace
from console.simulator.streaming import DONE, EventStream, Timed, data_event
from console.simulator.world import Call, call_of


async def create(request: Request) -> Response:
    """POST /chat/completions."""
    call = call_of(request)
    body = await json_object(request)
    completion = begin(call, body)
    if body.get("stream"):
        return EventStream(call.world, completion.chunks())
    await call.world.clock.pause(completion.seconds())
    return JSONResponse(completion.whole())


def begin(call: Call, body: dict[str, Any]) -> Completion:
    """The completion that a body asks for, kept when `store` is true; else a refusal. Nothing waits yet."""
    if isinstance(body.get("model"), str):
        faults.by_deployment(call, body["model"])
    ask = read_chat(call, body)
    admit(call, ask)
    completion = Completion(call, ask, body)
    if body.get("store"):
        stored_completions.keep(call, body, completion.whole())
    return completion


class Completion:
    """One completion with its choices, which can be told whole or in chunks."""

    def __init__(self, call: Call, ask: Ask, body: dict[str, Any]) -> None:
        self.ask = ask
        self.deployment = ask.deployment
        self.cached = cached_tokens(call, ask)
        self.answers = [answer(call, replace(ask, variant=index)) for index in range(body.get("n") or 1)]
        self.usage_wanted = bool((body.get("stream_options") or {}).get("include_usage"))
        clock = call.world.clock
        self.call_ids = [[clock.identifier("call_", 24) for _ in found.calls] for found in self.answers]
        self.head = {
            "id": clock.identifier("chatcmpl-", 29),
            "created": clock.seconds(),
            "model": self.deployment.model.id,
            "system_fingerprint": f"fp_{self.deployment.model.created_at:010x}",
        }
        self.pace = Pace(self.deployment.character, seed=self.head["id"])

    def seconds(self) -> float:
        """How long the whole answer takes."""
        return max(self.pace.seconds(found) for found in self.answers)

    def whole(self) -> dict[str, Any]:
        body = {
            **self.head,
            "object": "chat.completion",
            "choices": [self._choice(index) for index in range(len(self.answers))],
            "usage": self._usage(),
        }
        if self.deployment.is_azure_openai:
            body["prompt_filter_results"] = self._prompt_filter_results()
        return body

    def _choice(self, index: int) -> dict[str, Any]:
        found = self.answers[index]
        message: dict[str, Any] = {
            "role": "assistant",
            "content": None if found.calls else found.text,
            "refusal": None,
            "annotations": [],
        }
        if found.calls:
            message["tool_calls"] = self._tool_calls(index)
        if found.thoughts:
            message["reasoning_content"] = "".join(found.thoughts)
        choice = {"index": index, "finish_reason": found.finish, "message": message, "logprobs": None}
        if self.deployment.is_azure_openai:
            choice["content_filter_results"] = filters.answer_results(cut=found.cut_by_filter)
        return choice

    def _tool_calls(self, index: int) -> list[dict[str, Any]]:
        return [
            {"id": call_id, "type": "function", "function": {"name": made.name, "arguments": made.arguments}}
            for call_id, made in zip(self.call_ids[index], self.answers[index].calls, strict=True)
        ]

    def _usage(self) -> dict[str, Any]:
        spent = sum(found.tokens for found in self.answers)
        return {
            "prompt_tokens": self.ask.prompt_tokens,
            "completion_tokens": spent,
            "total_tokens": self.ask.prompt_tokens + spent,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": self.cached},
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": sum(found.reasoning_tokens for found in self.answers),
                "rejected_prediction_tokens": 0,
            },
        }

    def _prompt_filter_results(self) -> list[dict[str, Any]]:
        return [{"prompt_index": 0, "content_filter_results": filters.prompt_results()}]

    def chunks(self) -> Iterator[Timed]:
        """The stream, each event with the second at which it is due."""
        if self.deployment.is_azure_openai and not self.deployment.character.bench:
            yield 0.0, self._first_chunk()
        due = 0.0
        for index, found in enumerate(self.answers):
            for due, event in self._choice_chunks(index, found):
                yield due, event
        if self.usage_wanted:
            yield (
                due,
                data_event(
                    {**self.head, "object": "chat.completion.chunk", "choices": [], "usage": self._usage()}
                ),
            )
        yield due, DONE

    def _first_chunk(self) -> bytes:
        empty: dict[str, Any] = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
        return data_event({**empty, "prompt_filter_results": self._prompt_filter_results()})

    def _choice_chunks(self, index: int, found: Answer) -> Iterator[Timed]:
        frame = self._frame(index)
        bench = self.deployment.character.bench
        yield (
            self.pace.first_byte(),
            self._chunk(index, {"role": "assistant", "content": "", "refusal": None}),
        )
        moments = self.pace.moments(found)

        def stamped() -> bytes:
            return frame(b'"content":', f"{time.time_ns()} ")

        for piece in found.thoughts:
            yield next(moments), frame(b'"reasoning_content":', piece)
        for piece in found.pieces:
            yield next(moments), stamped if bench else frame(b'"content":', piece)
        due = self.pace.seconds(found)
        for event in self._tool_chunks(index, found):
            yield due, event
        yield due, self._chunk(index, {}, finish=found.finish, cut=found.cut_by_filter)

    def _tool_chunks(self, index: int, found: Answer) -> Iterator[bytes]:
        for position, made in enumerate(found.calls):
            begin = {
                "index": position,
                "id": self.call_ids[index][position],
                "type": "function",
                "function": {"name": made.name, "arguments": ""},
            }
            yield self._chunk(index, {"tool_calls": [begin]})
            for start in range(0, len(made.arguments), 12):
                part = {"index": position, "function": {"arguments": made.arguments[start : start + 12]}}
                yield self._chunk(index, {"tool_calls": [part]})

    def _chunk(
        self, index: int, delta: dict[str, Any], *, finish: str | None = None, cut: bool = False
    ) -> bytes:
        choice: dict[str, Any] = {"index": index, "delta": delta, "finish_reason": finish, "logprobs": None}
        if self.deployment.is_azure_openai:
            choice["content_filter_results"] = filters.answer_results(cut=cut) if finish else {}
        body = {**self.head, "object": "chat.completion.chunk", "choices": [choice]}
        return data_event({**body, "usage": None} if self.usage_wanted else body)

    def _frame(self, index: int) -> Callable[[bytes, str], bytes]:
        """A maker of token chunks that writes only the token anew, for speed."""
        marker = "\u0000"
        before, after = self._chunk(index, {marker: marker}).split(b'"\\u0000":"\\u0000"')

        def chunk(name: bytes, piece: str) -> bytes:
            return b"".join((before, name, json.dumps(piece).encode("ascii"), after))

        return chunk


ROUTES = [Route("/chat/completions", create, methods=["POST"])]
