"""Where in a found passage the words of the query stand, so that a page can mark them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WORD = re.compile(r"\w+")
SHORTEST = 3
ROOM = 600
"""Characters of a passage that are shown at once."""
COMMON_WORDS = """
a an and are as at be but by can do does for from had has have how i if in into is it its me my no
not of on or our so than that the their them then there these they this to was we what when where
which who why will with you your
"""
COMMON = frozenset(COMMON_WORDS.split())
ENDINGS = ("ing", "ies", "ed", "es", "s")


@dataclass(frozen=True)
class Piece:
    """A piece of text, marked where it is a word of the query."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class Passage:
    """The part of a text where most marks stand; `is_cut` when there is more of it."""

    pieces: list[Piece]
    is_cut: bool


def passage(text: str, queries: Iterable[str]) -> Passage:
    """The best part of a text, with the words of the queries marked; plurals and tenses count as the same."""
    stems = {stem(word) for query in queries for word in WORD.findall(query.lower()) if counts(word)}
    marks = [found.span() for found in WORD.finditer(text) if stem(found[0].lower()) in stems]
    start, end = window(text, [first for first, _ in marks])
    inside = [(first, last) for first, last in marks if first >= start and last <= end]
    return Passage(cut(text, inside, start, end), is_cut=(start, end) != (0, len(text)))


def counts(word: str) -> bool:
    return word not in COMMON and (len(word) >= SHORTEST or any(sign.isdigit() for sign in word))


def stem(word: str) -> str:
    """A word without the commonest English endings; short words stay whole."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word.removesuffix(ending)
    return word.removesuffix("e") if len(word) > SHORTEST else word


def window(text: str, marks: list[int]) -> tuple[int, int]:
    """The stretch of ROOM characters that begins near a mark and has most of them."""
    if len(text) <= ROOM:
        return 0, len(text)
    starts = [0, *(max(mark - ROOM // 6, 0) for mark in marks)]
    start = max(starts, key=lambda one: (sum(one <= mark < one + ROOM for mark in marks), -one))
    start = min(start, len(text) - ROOM)
    return start, start + ROOM


def cut(text: str, marks: list[tuple[int, int]], start: int, end: int) -> list[Piece]:
    pieces, place = [], start
    for first, last in marks:
        pieces += [Piece(text[place:first]), Piece(text[first:last], is_marked=True)]
        place = last
    return [piece for piece in [*pieces, Piece(text[place:end])] if piece.text]
