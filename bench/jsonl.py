"""How long the JSONL doctor takes, and how much memory: `python -m bench.jsonl [megabytes]`.

Prints seconds on the clock and of the processor, and the growth of the process at its peak. Each measurement has a
process of its own. The texts are made of 20,000 invented words, so that the tokenizer has no easy time.
"""

import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from console.jsonl import Purpose, check, repair
from console.jsonl.lines import BOM

MIB = 1024 * 1024


def words(random_source: random.Random) -> Callable[[int], str]:
    letters = "etaoinshrdlucmfwyp"
    known = ["".join(random_source.choices(letters, k=random_source.randint(2, 9))) for _ in range(20_000)]
    return lambda count: " ".join(random_source.choices(known, k=count))


def requests() -> Iterator[dict[str, Any]]:
    text = words(random.Random(2))
    number = 0
    while True:
        number += 1
        messages = [{"role": "system", "content": text(5)}, {"role": "user", "content": text(160)}]
        body = {"model": "gpt", "messages": messages, "max_tokens": 200}
        yield {"custom_id": f"r-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


def examples() -> Iterator[dict[str, Any]]:
    for request in requests():
        user = request["body"]["messages"][1]
        yield {"messages": [user, {"role": "assistant", "content": user["content"][::-1]}]}


def broken() -> Iterator[dict[str, Any]]:
    """Requests in each of which something is to be repaired."""
    for request in requests():
        yield {**request, "custom_id": "same", "method": "post", "body": {**request["body"], "stream": True}}


def written(path: Path, values: Iterator[dict[str, Any]], size: int, *, start: bytes = b"") -> Path:
    with path.open("wb") as stream:
        stream.write(start)
        while stream.tell() < size:
            stream.write(json.dumps(next(values)).encode() + b"\n")
    return path


def with_a_long_line(path: Path) -> Path:
    """Make 2 GiB: a line of 1 GiB, and more of the same after it; sparse, so that no disk is filled."""
    with path.open("wb") as stream:
        for end in (1024 * MIB, 2048 * MIB):
            stream.seek(end - 1)
            stream.write(b"\n")
    return path


def measured(name: str, work: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    queue: multiprocessing.Queue[tuple[float, float, float]] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_measure, args=(queue, work, arguments, options))
    process.start()
    clock, processor, growth = queue.get()
    process.join()
    print(f"{name:48} {clock:7.2f} s  {processor:7.2f} s CPU  +{growth:6.1f} MiB")


def _measure(
    queue: Any, work: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, processor = time.perf_counter(), time.process_time()
    work(*arguments, **options)
    queue.put(
        (
            time.perf_counter() - clock,
            time.process_time() - processor,
            (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        )
    )


def main(megabytes: int) -> None:
    size = megabytes * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        batch = written(place / "batch.jsonl", requests(), size)
        training = written(place / "training.jsonl", examples(), size, start=BOM)
        spoilt = written(place / "spoilt.jsonl", broken(), size)
        measured(f"check, batch, {megabytes} MB", check, batch, Purpose.BATCH, count_tokens=False)
        measured(f"check, batch, {megabytes} MB, tokens", check, batch, Purpose.BATCH)
        measured(
            f"check, supervised, {megabytes} MB", check, training, Purpose.SUPERVISED, count_tokens=False
        )
        measured(f"check, supervised, {megabytes} MB, tokens", check, training, Purpose.SUPERVISED)
        measured(
            f"check, 3 problems a line, {megabytes} MB", check, spoilt, Purpose.BATCH, count_tokens=False
        )
        measured(
            f"repair, 3 changes a line, {megabytes} MB", repair, spoilt, place / "out.jsonl", Purpose.BATCH
        )
        long = with_a_long_line(place / "long.jsonl")
        measured("check, 2 GiB in two lines", check, long, Purpose.BATCH, count_tokens=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
