"""Token estimates, key terms and repeatable dice: the small language tools of the answers."""

from __future__ import annotations

import hashlib
import json
import random
import re

# Not a tokenizer: a word of up to seven letters, one CJK character, one sign or one run of line breaks
# counts as one token. English prose comes out near 1.2 tokens a word, close to the real ones.
_PIECE = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7a3]| ?[^\\W\u2e80-\u9fff\uac00-\ud7a3]{1,7}|\n+| ?[^\\w\\s]|\\s|.", re.S
)
# Chinese characters, Katakana and Hangul stand for words; Hiragana mostly holds them together.
_WORD = re.compile(
    "[\u3400-\u9fff]+|[\u30a0-\u30ff]+|[\uac00-\ud7a3]+"
    "|[^\\W_\u2e80-\u9fff\uac00-\ud7a3](?:[^\\W\u2e80-\u9fff\uac00-\ud7a3]|['+#.-])*"
)

_STOP_WORDS = """
a about above actually after again all also am an and answer any are as at avoid be because become
becomes been before being below best better between both brief briefly build building builds but by can
choose code compare concise could create depth describe design detail detailed did differ difference
differences do does doing don't down during each engineer essay example examples explain few five
following for four from function further get give go goes good got grow grows had haiku handle happen
happens has have having he hello help her here hers hey hi him his how i if important improve in into is
it its itself json just keep kind know less let's like list long lot make many markdown matter matters
me mean means more most much my need new no nor not now of off on once one only or other our out over
own paragraph people per person pick please poem put puts question really reduce rotate said same say
says script seem seems sentence sentences shall she short should show slow so some someone start stop
story such summarise summarize summary table take takes team's tell text than thank thanks that the
their them then there these they thing things think this those three through to too two under until up
us use using versus very vs want was way we were what when where which while who whom why will with
within without word words work working works would write you your yours
"""
_STOP = frozenset(_STOP_WORDS.split())


def pieces(text: str) -> list[str]:
    """The text cut into its estimated tokens; joined again they are the text."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """Estimated tokens of a text."""
    return len(_PIECE.findall(text))


def dice(*parts: object) -> random.Random:
    """A random generator that is the same whenever the parts are the same."""
    return random.Random(digest(*parts))


def digest(*parts: object) -> str:
    """64 hexadecimal digits that depend on the parts only."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def key_terms(text: str, limit: int = 5) -> list[str]:
    """What a text is about: runs of up to three content words, the weightiest.

    The very weightiest comes first, the others in order of appearance.
    """
    found: dict[str, tuple[int, str]] = {}
    for phrase in _phrases(text):
        folded = phrase.casefold()
        weight, shown = found.get(folded, (0, phrase))
        found[folded] = (weight + len(phrase) + 3, shown)
    heaviest = sorted(found, key=lambda term: -found[term][0])[:limit]
    ordered = heaviest[:1] + [term for term in found if term in heaviest[1:]]
    return [found[term][1] for term in ordered]


def _phrases(text: str) -> list[str]:
    phrases: list[str] = []
    run: list[str] = []
    for sentence in re.split(r"[\n.,;:!?()\[\]{}\"`]+(?=\s|$)|[\n,;:!?()\[\]{}\"`]+", text[:8000]):
        for word in _WORD.findall(sentence):
            if word.casefold() in _STOP or len(word) < 2:
                _close(run, phrases)
            else:
                run.append(word)
                if len(run) == 3:
                    _close(run, phrases)
        _close(run, phrases)
    return phrases


def _close(run: list[str], phrases: list[str]) -> None:
    if run:
        phrases.append(" ".join(run))
        run.clear()


def is_stop_word(word: str) -> bool:
    """Whether a word (in lower case) says nothing about what a text is about."""
    return word in _STOP
