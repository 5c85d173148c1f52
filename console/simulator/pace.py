"""When each token of an answer is due."""

from __future__ import annotations

from collections.abc import Iterator

from console.simulator.answers import Answer
from console.simulator.characters import Character
from console.simulator.words import dice

# Hidden reasoning is produced this much faster than text is sent.
_HIDDEN_SPEEDUP = 2.0


class Pace:
    """Seconds since the request, at speed 1; slightly uneven, and the same again for the same seed."""

    def __init__(self, character: Character, *, seed: object) -> None:
        self.character = character
        rng = dice("pace", seed)
        uneven = 0.0 if character.bench else 0.15
        self._factor = 1 + rng.uniform(-uneven, uneven)

    def first_byte(self) -> float:
        """When the answer starts: before any reasoning."""
        return self.character.first_token * self._factor

    def begin(self, found: Answer) -> float:
        """When the first visible token is due: after the hidden reasoning."""
        return self.first_byte() + found.hidden * self._interval() / _HIDDEN_SPEEDUP

    def moments(self, found: Answer) -> Iterator[float]:
        """One moment for each visible token."""
        begin, interval = self.begin(found), self._interval()
        number = 0
        while True:
            yield begin + number * interval
            number += 1

    def seconds(self, found: Answer) -> float:
        """When the last token is out."""
        visible = found.tokens - found.hidden
        return self.begin(found) + max(visible - 1, 0) * self._interval()

    def _interval(self) -> float:
        return self._factor / self.character.rate if self.character.rate else 0.0
