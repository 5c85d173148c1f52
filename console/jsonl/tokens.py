"""How many tokens the lines of a file have: counted with o200k_base, and estimates nevertheless.

The overhead of a message (3 tokens and its role) and of an answer (3) follow OpenAI's cookbook, "How to count tokens
with tiktoken". Images are not counted. Other families of models (Grok, DeepSeek, Llama, Mistral) cut texts differently.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .batches import OUTPUT_LIMITS
from .edits import dump
from .purposes import Purpose, family

ENCODING = "o200k_base"
MESSAGE = 4
ANSWER = 3
BUFFER = 1024 * 1024
LONGEST = 10
# Neighbouring buckets of the histogram differ by one percent.
STEP = math.log(1.01)


@dataclass(frozen=True)
class Tokens:
    """Counts over all examples; median and p95 are right to one percent. All zero for a file without examples.

    `longest` holds (tokens, line) of the ten longest, `over_context` counts the lines above the context limit.
    `output_limit` sums up what the requests of a batch allow for answers, `without_limit` counts those without a limit.
    """

    examples: int
    total: int
    least: int
    median: int
    p95: int
    most: int
    longest: tuple[tuple[int, int], ...]
    context: int
    over_context: int
    images: int
    output_limit: int
    without_limit: int
    encoding: str = ENCODING


class TokenCounter:
    """Counts the tokens of lines, many lines in one call of the tokenizer."""

    def __init__(self, purpose: Purpose, *, context: int = 0) -> None:
        self._purpose = purpose
        self._context = context
        self._texts: list[str] = []
        self._waiting: list[tuple[int, int]] = []
        self._size = 0
        self._buckets: Counter[int] = Counter()
        self._longest: list[tuple[int, int]] = []
        self._total = self._over = self._images = self._output = self._unlimited = 0
        self._least = self._most = 0

    def add(self, number: int, value: dict[str, Any]) -> None:
        """Take the example of line `number`."""
        weigher = _Weigher()
        weigher.take_line(value, self._purpose)
        text = "\n".join(weigher.texts)
        self._texts.append(text)
        self._waiting.append((number, weigher.fixed))
        self._images += weigher.images
        self._size += len(text) + 64
        if self._purpose is Purpose.BATCH:
            self._take_limit(value)
        if self._size > BUFFER:
            self._flush()

    def _take_limit(self, value: dict[str, Any]) -> None:
        body, url = value.get("body"), value.get("url")
        if isinstance(url, str) and family(url) == "embeddings":
            return
        limits = [body.get(key) for key in OUTPUT_LIMITS] if isinstance(body, dict) else []
        found = [limit for limit in limits if type(limit) is int and 0 < limit < 10**9]
        if found:
            self._output += max(found)
        else:
            self._unlimited += 1

    def _flush(self) -> None:
        import toktok

        try:
            counts = toktok.batch_count(self._texts, ENCODING)
        except UnicodeEncodeError:
            clean = [text.encode(errors="replace").decode() for text in self._texts]
            counts = toktok.batch_count(clean, ENCODING)
        for (number, fixed), count in zip(self._waiting, counts, strict=True):
            self._record(number, count + fixed)
        self._texts, self._waiting, self._size = [], [], 0

    def _record(self, number: int, tokens: int) -> None:
        self._least = min(self._least, tokens) if self._buckets else tokens
        self._most = max(self._most, tokens)
        self._total += tokens
        self._over += 0 < self._context < tokens
        self._buckets[math.ceil(math.log(tokens) / STEP) if tokens else -1] += 1
        if len(self._longest) < LONGEST:
            heapq.heappush(self._longest, (tokens, -number))
        else:
            heapq.heappushpop(self._longest, (tokens, -number))

    def _quantile(self, share: float) -> int:
        rank = max(1, math.ceil(share * self._buckets.total()))
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                middle = round(math.exp((bucket - 0.5) * STEP)) if bucket > 0 else bucket + 1
                return min(max(middle, self._least), self._most)
        return 0

    def summary(self) -> Tokens:
        """Return the counts over all lines taken."""
        if self._texts:
            self._flush()
        return Tokens(
            examples=self._buckets.total(),
            total=self._total,
            least=self._least,
            median=self._quantile(0.5),
            p95=self._quantile(0.95),
            most=self._most,
            longest=tuple((tokens, -number) for tokens, number in sorted(self._longest, reverse=True)),
            context=self._context,
            over_context=self._over,
            images=self._images,
            output_limit=self._output,
            without_limit=self._unlimited,
        )


class _Weigher:
    """Collects the texts of one line, the tokens that do not depend on texts, and the images."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fixed = 0
        self.images = 0

    def take_line(self, value: dict[str, Any], purpose: Purpose) -> None:
        if purpose is Purpose.EVALS:
            self.texts.append(dump(value.get("item", value)))
        elif purpose is Purpose.BATCH:
            self._take_request(value.get("body"))
        elif purpose is Purpose.PREFERENCE:
            self._take_request(value.get("input"))
            self._take_messages(value.get("preferred_output"))
            self._take_messages(value.get("non_preferred_output"))
        else:
            self._take_request(value)

    def _take_request(self, request: Any) -> None:
        if not isinstance(request, dict):
            return
        self._take_messages(request.get("messages"))
        given = request.get("input")
        if isinstance(given, list) and given and isinstance(given[0], dict):
            self._take_messages(given)
        else:
            self._take_input(given)
        if isinstance(request.get("instructions"), str):
            self.texts.append(request["instructions"])
        if request.get("tools"):
            self.texts.append(dump(request["tools"]))

    def _take_input(self, given: Any) -> None:
        """Take the input of a response or an embedding: texts, or tokens, which count as they are."""
        if isinstance(given, str):
            self.texts.append(given)
        elif isinstance(given, list):
            for item in given:
                if isinstance(item, int):
                    self.fixed += 1
                else:
                    self._take_input(item)

    def _take_messages(self, messages: Any) -> None:
        if isinstance(messages, list):
            self.fixed += ANSWER
            for message in messages:
                if isinstance(message, dict):
                    self.fixed += MESSAGE
                    self._take_content(message.get("content"))
                    self.texts += _call_texts(message)

    def _take_content(self, content: Any) -> None:
        if isinstance(content, str):
            self.texts.append(content)
        elif isinstance(content, list):
            for part in content:
                if isinstance(part, dict):
                    self.images += part.get("type") in ("image_url", "input_image")
                    self.texts += [part[key] for key in ("text", "refusal") if isinstance(part.get(key), str)]


def _call_texts(message: dict[str, Any]) -> Iterator[str]:
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        for key in ("name", "arguments"):
            if isinstance(function, dict) and isinstance(function.get(key), str):
                yield function[key]
