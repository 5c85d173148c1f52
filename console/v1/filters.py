"""Content-filter findings of Azure, gathered from wherever an answer mentions them into one table.

Chat names them `prompt_filter_results` and `content_filter_results`, Responses `content_filters`; older
answers say `content_filter_result` and `prompt_annotations`. With the asynchronous filter they come in chunks
of their own.
"""

from typing import Any

from console.v1 import parse

_SEVERITIES = ("safe", "low", "medium", "high")
_RESULTS = ("content_filter_results", "content_filter_result")


class Findings:
    """The findings of one answer, per source ("prompt" or "completion") and category, the worst of each."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], dict[str, Any]] = {}
        self._seen: dict[str, dict[str, Any]] = {}

    def rows(self) -> list[dict[str, Any]]:
        """Objects with `source`, `category`, `filtered`, `detected`, `severity`, `message` and the raw
        `detail`.
        """
        return list(self._rows.values())

    def chunk(self, body: parse.Json) -> None:
        """Take what a chat completion, or one chunk of it, says outside of its choices."""
        for key in ("prompt_filter_results", "prompt_annotations"):
            for each in parse.rows(body.get(key)):
                self.take("prompt", each)
        self.take("completion", body)

    def response(self, body: parse.Json) -> None:
        """Take the `content_filters` of a response object."""
        for each in parse.rows(body.get("content_filters")):
            self.take(parse.text(each.get("source_type")) or "completion", each)

    def take(self, source: str, holder: parse.Json) -> None:
        """Take the findings that an object holds under either of their names."""
        for key in _RESULTS:
            results = holder.get(key)
            # Most chunks of a stream repeat the findings of the one before.
            if isinstance(results, dict) and results != self._seen.get(source):
                self._seen[source] = results
                for category, finding in results.items():
                    self._add(source, category, finding)

    def _add(self, source: str, category: str, finding: object) -> None:
        details = {"details": finding} if isinstance(finding, list) else parse.mapping(finding)
        row = {
            "source": source,
            "category": category,
            "filtered": _any(details, "filtered"),
            "detected": parse.truth(details.get("detected")),
            "severity": parse.text(details.get("severity")),
            "message": parse.text(details.get("message")),
            "detail": dict(details),
        }
        before = self._rows.get((source, category))
        if before is not None:
            row["filtered"] = before["filtered"] or row["filtered"]
            row["detected"] = before["detected"] or row["detected"]
            row["severity"] = max(before["severity"], row["severity"], key=_rank)
        self._rows[source, category] = row


def _any(details: parse.Json, key: str) -> bool:
    if parse.truth(details.get(key)):
        return True
    return any(parse.truth(each.get(key)) for each in parse.rows(details.get("details")))


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else -1
