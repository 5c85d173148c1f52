"""Log records as one escaped line each, so that no text from outside can forge a second one."""

import logging
import time


class LineFormatter(logging.Formatter):
    """`2026-11-23T09:00:00Z INFO console.runner message`; control characters are escaped."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        return "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in super().format(record)
        )
