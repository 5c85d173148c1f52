"""How much and how long each kind of call may take: sizes in bytes, times in seconds of wall clock."""

from dataclasses import dataclass

__all__ = [
    "ANSWER",
    "DOWNLOAD",
    "LIST",
    "MAX_ERROR_BYTES",
    "MAX_HEADER_BYTES",
    "MAX_JSON_DEPTH",
    "PROBE",
    "READ",
    "SEARCH",
    "STREAM",
    "UPLOAD",
    "WRITE",
    "CallClass",
]

KIB = 1024
MIB = 1024 * KIB

MAX_ERROR_BYTES = 64 * KIB
MAX_HEADER_BYTES = 64 * KIB
MAX_JSON_DEPTH = 100


@dataclass(frozen=True)
class CallClass:
    """The limits of one kind of call. `dataclasses.replace(STREAM, first_byte=300)` makes a variant.

    `connect` covers name, TCP and TLS together; `first_byte` counts from the start of an attempt to the first
    byte of the body; `idle` between two pieces of the body; `total` covers everything, retries and waits too.
    With `marks` only `answer.touch()` moves the idle deadline, so that an upstream cannot keep a stream alive
    with comments. `retry` allows retries of reads, and of writes of which no byte left; `wait` is the longest
    that all waits between attempts may add up to.
    """

    name: str
    max_bytes: int
    connect: float = 5.0
    first_byte: float = 60.0
    idle: float = 60.0
    total: float = 60.0
    retry: bool = True
    wait: float = 10.0
    marks: bool = False


LIST = CallClass("list", 16 * MIB, first_byte=30.0, idle=30.0, total=30.0)
READ = CallClass("read", 16 * MIB, first_byte=30.0, idle=30.0, total=30.0)
WRITE = CallClass("write", 16 * MIB, first_byte=60.0, total=60.0)
# Somebody sits before it, and a search that works takes a second or two, rewriting the query included.
SEARCH = CallClass("search", 16 * MIB, first_byte=20.0, idle=20.0, total=20.0)
ANSWER = CallClass("answer", 32 * MIB, first_byte=300.0, total=300.0)
STREAM = CallClass("stream", 64 * MIB, total=1800.0, marks=True)
UPLOAD = CallClass("upload", 16 * MIB, first_byte=3600.0, total=3600.0)
DOWNLOAD = CallClass("download", 8 * 1024 * MIB, total=7200.0)
PROBE = CallClass("probe", 16 * MIB, first_byte=10.0, idle=10.0, total=15.0, retry=False)
