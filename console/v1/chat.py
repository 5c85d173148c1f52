"""Chat completions: the request body, and reading an answer whether it came whole or as a stream.

Shapes from the GA specification (createChatCompletion); Azure's and third parties' manners as observed: a
first chunk without choices that carries `prompt_filter_results`, a last one with only `usage`, filter
findings in chunks of their own, `reasoning_content` or `<think>` for reasoning.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.outbound.errors import ProtocolError
from console.outbound.limits import ANSWER
from console.v1 import parse
from console.v1.client import Client, Target
from console.v1.events import Delta, Finished, Reply, Usage, explain
from console.v1.failures import UNREDACTED, Fail, failing, tokens
from console.v1.filters import Findings
from console.v1.thinking import ThinkSplitter


def body(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any] | None = None,
    *,
    stream: bool = False,
) -> dict[str, Any]:
    """The JSON body of POST /chat/completions: only parameters that were set are in it.

    A stream asks for its usage, because without that no token is counted.
    """
    asked = parse.present({"model": model, "messages": list(messages), **(parameters or {})})
    if stream:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    return asked


class ChatAnswer:
    """Reads the chunks of one streamed answer, choice 0 only; finished once it has a finish reason."""

    def __init__(self) -> None:
        self.response_id = ""
        self.model = ""
        self.finish_reason = ""
        self.usage: Usage | None = None
        self.has_text = False
        self.service_tier = ""
        self._findings = Findings()
        self._splitter = ThinkSplitter()

    @property
    def is_finished(self) -> bool:
        return bool(self.finish_reason)

    def feed(self, chunk: parse.Json) -> list[Delta]:
        """The pieces in one chunk; strange members are passed over."""
        if not self.response_id:
            self.response_id = parse.text(chunk.get("id"))
        if not self.model:
            self.model = parse.text(chunk.get("model"))
        if chunk.get("usage") is not None:
            self.usage = Usage.parse(chunk["usage"]) or self.usage
        if not self.service_tier:
            self.service_tier = parse.text(chunk.get("service_tier"))
        self._findings.chunk(chunk)
        pieces: list[Delta] = []
        for choice in parse.rows(chunk.get("choices")):
            if choice.get("index", 0) in (0, None):
                self._choice(choice, pieces)
        return pieces

    def flush(self) -> list[Delta]:
        """What was held back because it might have been half of a tag."""
        return self._seen(self._splitter.flush())

    def finished(self) -> Finished:
        """How it ended; call it after the last chunk."""
        return Finished(
            reason=self.finish_reason,
            usage=self.usage,
            response_id=self.response_id,
            model=self.model,
            filters=self._findings.rows(),
            explanation=explain(self.finish_reason, has_text=self.has_text, usage=self.usage),
            service_tier=self.service_tier,
        )

    def _choice(self, choice: parse.Json, pieces: list[Delta]) -> None:
        self._findings.take("completion", choice)
        message = choice.get("delta")
        if not isinstance(message, dict):
            message = choice.get("message")
        if isinstance(message, dict):
            self._message(message, pieces)
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self.finish_reason = reason

    def _message(self, message: parse.Json, pieces: list[Delta]) -> None:
        for key in ("reasoning_content", "reasoning"):
            thought = message.get(key)
            if isinstance(thought, str) and thought:
                pieces.append(Delta("reasoning", thought))
                break
        content = message.get("content")
        if isinstance(content, str):
            pieces.extend(self._seen(self._splitter.feed(content)))
        elif isinstance(content, list):
            pieces.extend(self._seen(_parts(content)))
        refusal = message.get("refusal")
        if isinstance(refusal, str) and refusal:
            pieces.append(Delta("refusal", refusal))
            self.has_text = True
        for index, call in enumerate(parse.rows(message.get("tool_calls"))):
            pieces.append(_tool(call, index))
            self.has_text = True

    def _seen(self, pieces: list[Delta]) -> list[Delta]:
        if not self.has_text:
            self.has_text = any(each.kind == "text" for each in pieces)
        return pieces


def _tool(call: parse.Json, position: int) -> Delta:
    function = parse.mapping(call.get("function") or call.get("custom"))
    index = parse.integer(call.get("index"))
    return Delta(
        "tool",
        parse.text(function.get("arguments")) or parse.text(function.get("input")),
        name=parse.text(function.get("name")),
        call=position if index is None else index,
        id=parse.text(call.get("id")),
    )


def _parts(content: Sequence[object]) -> list[Delta]:
    """Content as a list of parts, as Mistral's reasoning models send it."""
    pieces: list[Delta] = []
    for part in content:
        kind = parse.text(parse.path(part, "type"))
        if kind == "thinking":
            thoughts = parse.rows(parse.path(part, "thinking"))
            pieces += [Delta("reasoning", parse.text(each.get("text"))) for each in thoughts]
        else:
            pieces.append(Delta("text", parse.text(parse.path(part, "text"))))
    return [each for each in pieces if each.text]


def create(client: Client, body: Mapping[str, Any], *, action: str, target: Target) -> Reply:
    """Ask for one whole answer; this costs money and is recorded."""
    answer = client.change(
        "POST", "/chat/completions", json=body, action=action, target=target, limits=ANSWER, counts=tokens
    )
    return read(answer.json(), failing(client.auth, str(body.get("model", ""))))


def read(answer: object, fail: Fail = UNREDACTED) -> Reply:
    """A whole chat completion as the pieces and the ending that a stream gives.

    Raises the service's own error for an error object, and `ProtocolError` when it is no chat completion.
    """
    completion = parse.mapping(answer)
    if completion.get("error"):
        raise fail(completion)
    reader = ChatAnswer()
    deltas = (*reader.feed(completion), *reader.flush())
    if not reader.is_finished:
        raise ProtocolError("The answer is not a chat completion: it has no choice with a finish reason.")
    return Reply(deltas, reader.finished(), completion)
