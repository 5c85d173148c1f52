"""Rules for the requests of a batch.

Source: the page on Azure's batches (2026-03; codes such as url_mismatch, model_mismatch, duplicate_custom_id) and the
request schemas of chat completions, responses and embeddings in the Azure v1 specification of 2026-01-28.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from . import chat
from .edits import Insert, Remove, Replace
from .problems import Finding, shown
from .purposes import ENDPOINTS, LIMITS, Expected, Purpose, family

MOST_IDS = LIMITS[Purpose.BATCH].most
MOST_MODELS = 50
MOST_TEXTS = 2048
OUTPUT_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class Batch:
    """Requests to one endpoint and one deployment, each with an id of its own.

    `models` and `urls` count what the lines name. With `renaming`, the ids that were made unique are taken, too.
    Remembers an 8-byte digest and a line number for each of at most 100,000 ids.
    """

    def __init__(self, expected: Expected, *, renaming: bool = False) -> None:
        self._url = expected.endpoint
        self._model = expected.model
        self._renaming = renaming
        self._requests = 0
        self._ids: dict[bytes, int] = {}
        self._numbers: dict[bytes, int] = {}
        self.models: Counter[str] = Counter()
        self.urls: Counter[str] = Counter()

    def look(self, number: int, value: dict[str, Any]) -> Iterator[Finding]:
        self._requests += 1
        yield from self._custom_id(number, value)
        yield from self._method(value)
        yield from self._endpoint(value)
        body = value.get("body")
        if not isinstance(body, dict):
            yield Finding("body_missing", ("body",) if "body" in value else ())
        else:
            yield from self._deployment(body)
            yield from _streaming(body)
            yield from _limits(body)
            url = value.get("url")
            yield from _request(body, family(url) if isinstance(url, str) else "")

    def _custom_id(self, number: int, value: dict[str, Any]) -> Iterator[Finding]:
        path = ("custom_id",)
        given = value.get("custom_id")
        if given is None:
            yield Finding("custom_id_missing", path if "custom_id" in value else ())
        elif given == "":
            yield Finding("custom_id_empty", path)
        elif isinstance(given, str):
            yield from self._unique(number, given)
        elif type(given) is int:
            yield Finding("custom_id_not_text", path, Replace(path, str(given)), {"value": shown(given)})
            yield from self._unique(number, str(given))
        else:
            yield Finding("custom_id_not_text", path, details={"value": shown(given)})

    def _unique(self, number: int, custom_id: str) -> Iterator[Finding]:
        key = digest(custom_id)
        first = self._ids.get(key)
        if first is not None:
            fix = None
            if self._requests <= MOST_IDS:
                fix = Replace(("custom_id",), self._another(number, key, custom_id))
            details = {"id": shown(custom_id), "first": first}
            yield Finding("custom_id_duplicate", ("custom_id",), fix, details)
        elif self._requests <= MOST_IDS:
            self._ids[key] = number

    def _another(self, number: int, key: bytes, custom_id: str) -> str:
        """Return the id with the first number from 2 that nobody had so far."""
        following = self._numbers.get(key, 2)
        while digest(f"{custom_id}-{following}") in self._ids:
            following += 1
        unique = f"{custom_id}-{following}"
        if self._renaming:
            self._ids[digest(unique)] = number
            self._numbers[key] = following + 1
        return unique

    def _method(self, value: dict[str, Any]) -> Iterator[Finding]:
        method = value.get("method")
        if "method" not in value:
            yield Finding("method_missing", fix=Insert((), "method", "POST"))
        elif method != "POST":
            is_post = isinstance(method, str) and method.strip().upper() == "POST"
            fix = Replace(("method",), "POST") if is_post else None
            yield Finding("method_invalid", ("method",), fix, {"value": shown(method)})

    def _endpoint(self, value: dict[str, Any]) -> Iterator[Finding]:
        url = value.get("url")
        if not isinstance(url, str) or not url:
            yield Finding("url_missing", ("url",) if "url" in value else ())
            return
        if len(self.urls) < MOST_MODELS or url in self.urls:
            self.urls[url] += 1
        if url not in ENDPOINTS:
            yield Finding("url_unknown", ("url",), details={"url": shown(url)})
        self._url = self._url or url
        if url != self._url:
            is_same = family(url) != "" and family(url) == family(self._url)
            fix = Replace(("url",), self._url) if is_same else None
            yield Finding("url_mismatch", ("url",), fix, {"url": shown(url), "wanted": shown(self._url)})

    def _deployment(self, body: dict[str, Any]) -> Iterator[Finding]:
        model = body.get("model")
        path = ("body", "model")
        if model is None or model == "":
            yield Finding("model_missing", path if "model" in body else ("body",))
        elif not isinstance(model, str):
            yield Finding("model_invalid", path, details={"value": shown(model)})
        else:
            if len(self.models) < MOST_MODELS or model in self.models:
                self.models[model] += 1
            self._model = self._model or model
            if model != self._model:
                details = {"model": shown(model), "wanted": shown(self._model)}
                yield Finding("model_mixed", path, Replace(path, self._model), details)


def digest(text: str) -> bytes:
    """Return 8 bytes that stand for an id; two of 100,000 ids share them once in 10^9 files."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()


def _streaming(body: dict[str, Any]) -> Iterator[Finding]:
    for key in ("stream", "stream_options"):
        if body.get(key):
            yield Finding("stream_present", ("body", key), Remove(("body", key)), {"key": key})


def _limits(body: dict[str, Any]) -> Iterator[Finding]:
    for key in OUTPUT_LIMITS:
        limit = body.get(key)
        if limit is not None and (type(limit) is not int or limit < 1):
            yield Finding("limit_invalid", ("body", key), details={"key": key, "value": shown(limit)})


def _request(body: dict[str, Any], api: str) -> Iterator[Finding]:
    if api == "chat":
        yield from chat.check(body, ("body",), training=False)
    elif api == "responses" and "prompt" not in body:
        yield from _input(body, (str, list))
    elif api == "embeddings":
        yield from _input(body, (str, list))
        texts = body.get("input")
        if isinstance(texts, list):
            yield from _texts(texts)


def _input(body: dict[str, Any], kinds: tuple[type, ...]) -> Iterator[Finding]:
    given = body.get("input")
    path = ("body", "input")
    if "input" not in body:
        yield Finding("input_absent", ("body",))
    elif not isinstance(given, kinds):
        yield Finding("input_invalid", path, details={"value": shown(given)})
    elif not given:
        yield Finding("input_empty", path)


def _texts(texts: list[Any]) -> Iterator[Finding]:
    """Yield findings for the inputs of an embedding: texts, tokens, or lists of tokens, all of one kind."""
    path = ("body", "input")
    if all(type(text) is int for text in texts):
        return
    if len(texts) > MOST_TEXTS:
        yield Finding("inputs_too_many", path, details={"count": len(texts)})
    kind = list if isinstance(texts[0], list) else str
    for index, text in enumerate(texts):
        if not isinstance(text, kind) or (kind is list and not all(type(token) is int for token in text)):
            yield Finding("input_invalid", (*path, index), details={"value": shown(text)})
        elif not text:
            yield Finding("input_empty", (*path, index))
