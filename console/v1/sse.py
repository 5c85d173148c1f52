"""An incremental parser of server-sent events
(https://html.spec.whatwg.org/multipage/server-sent-events.html).

The bytes may be cut anywhere: one-byte pieces give the same events as one whole body.
"""

from typing import NamedTuple

from console.outbound.errors import TooLarge

MAX_EVENT_BYTES = 1024 * 1024
MAX_STREAM_BYTES = 64 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """One dispatched event; `event` is "message" unless named, `id` the last id that the stream has set."""

    event: str
    data: str
    id: str


class SSEParser:
    """Feed it bytes as they come, get the events that are complete. `retry` is in milliseconds."""

    def __init__(
        self, *, max_event_bytes: int = MAX_EVENT_BYTES, max_stream_bytes: int = MAX_STREAM_BYTES
    ) -> None:
        self.retry: int | None = None
        self._max_event_bytes = max_event_bytes
        self._max_stream_bytes = max_stream_bytes
        self._pieces: list[bytes] = []
        self._pieces_bytes = 0
        self._data_bytes = 0
        self._stream_bytes = 0
        self._after_carriage_return = False
        self._at_start = True
        self._event = ""
        self._data: list[str] = []
        self._id = ""

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that this piece completes; raises `TooLarge` past a cap."""
        self._stream_bytes += len(chunk)
        if self._stream_bytes > self._max_stream_bytes:
            raise TooLarge(f"The stream is longer than {self._max_stream_bytes} bytes.")
        chunk = self._with_line_feeds(chunk)
        self._pieces.append(chunk)
        if b"\n" in chunk:
            return self._lines()
        self._pieces_bytes += len(chunk)
        self._check(self._pieces_bytes)
        return []

    def flush(self) -> bool:
        """Whether the stream ended inside an event; such an event is dropped, as the standard asks."""
        unfinished = bool(self._data or self._event or any(self._pieces))
        self._pieces, self._data, self._event, self._pieces_bytes, self._data_bytes = [], [], "", 0, 0
        return unfinished

    def _with_line_feeds(self, chunk: bytes) -> bytes:
        """The piece with CR and CRLF turned into LF, also when the pair is cut in two."""
        if self._after_carriage_return and chunk:
            self._after_carriage_return = False
            if chunk[0] == 0x0A:
                chunk = chunk[1:]
        if b"\r" in chunk:
            self._after_carriage_return = chunk[-1] == 0x0D
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk

    def _lines(self) -> list[ServerSentEvent]:
        *lines, rest = b"".join(self._pieces).split(b"\n")
        self._pieces = [rest]
        self._pieces_bytes = len(rest)
        events: list[ServerSentEvent] = []
        for line in lines:
            if line:
                self._check(len(line))
                self._field(line)
            else:
                self._dispatch(events)
            self._at_start = False
        self._check(len(rest))
        return events

    def _check(self, further: int) -> None:
        if self._data_bytes + further > self._max_event_bytes:
            raise TooLarge(f"One event of the stream is longer than {self._max_event_bytes} bytes.")

    def _field(self, line: bytes) -> None:
        if self._at_start and line.startswith(_BOM):
            line = line[3:]
        if line.startswith(b"data: "):
            self._add(line[6:].decode("utf-8", "replace"))
            return
        name, _, raw = line.partition(b":")
        value = (raw[1:] if raw.startswith(b" ") else raw).decode("utf-8", "replace")
        if name == b"data":
            self._add(value)
        elif name == b"event":
            self._event = value
        elif name == b"id":
            self._id = self._id if "\0" in value else value
        elif name == b"retry" and value.isascii() and value.isdigit() and len(value) <= 9:
            self.retry = int(value)

    def _add(self, value: str) -> None:
        self._data.append(value)
        self._data_bytes += len(value) + 1

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        if self._data:
            events.append(ServerSentEvent(self._event or "message", "\n".join(self._data), self._id))
        self._data, self._event, self._data_bytes = [], "", 0
