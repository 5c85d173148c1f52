"""Do all lines have the same fields?"""

from collections.abc import Iterable, Iterator

from .problems import Finding, shown
from .walk import Path

MOST_NAMED = 5


class SameKeys:
    """Compares the fields of each line with those of the first."""

    def __init__(self) -> None:
        self._first = 0
        self._keys: frozenset[str] = frozenset()

    def look(self, number: int, keys: Iterable[str], path: Path) -> Iterator[Finding]:
        """Yield a finding when the fields of line `number` are not those of the first line looked at."""
        found = frozenset(keys)
        if not self._first:
            self._first, self._keys = number, found
        elif found != self._keys:
            details = {"first": self._first, "difference": self._difference(found)}
            yield Finding("keys_inconsistent", path, details=details)

    def _difference(self, found: frozenset[str]) -> str:
        missing, extra = sorted(self._keys - found), sorted(found - self._keys)
        sentences = []
        for names, what in ((missing, "missing"), (extra, "additional")):
            if names:
                more = ", …" if len(names) > MOST_NAMED else ""
                sentences.append(", ".join(shown(name) for name in names[:MOST_NAMED]) + f"{more} {what}")
        return "; ".join(sentences)
