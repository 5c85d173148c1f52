"""Written answers: about the prompt, in Markdown, in the tone of the model, and openly simulated."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Protocol

from console.simulator import phrases
from console.simulator.characters import Character
from console.simulator.snippets import code_answer, wants_code
from console.simulator.words import key_terms

_TABLE = re.compile(
    r"\b(table|compare|comparison|contrast|versus|vs|differences?|pros and cons|trade-?offs?)\b", re.I
)
_STEPS = re.compile(
    r"\b(steps?|how (?:do|to|can|should|would)|checklist|plan|procedure|guide|set up|migrate)\b", re.I
)
_LIST = re.compile(r"\b(list|ideas|reasons|examples|ways|tips|name (?:\w+ )?\d*|bullet)\b", re.I)
_SUMMARY = re.compile(r"\b(summari[sz]e|summary|tl;?dr|shorten|condense|in short)\b", re.I)
_GREETING = re.compile(
    r"\s*(hi|hello|hey|good (?:morning|day|evening)|thanks|thank you|ping|test)\b[^\w]*\s*\Z", re.I
)
_BRIEF = re.compile(r"\b(brief|briefly|concise|short|one sentence|one word|in a word|shortly)\b", re.I)
_LONG = re.compile(r"\b(detail|detailed|in depth|thorough|essay|long|comprehensive|full)\b", re.I)
_POEM = re.compile(r"\b(haiku|poem|verse|limerick|rhyme)\b", re.I)
_SUM = re.compile(
    r"\s*(?:what(?:'s| is)|calculate|compute|how much is)?\s*"
    r"(-?\d{1,12})\s*([-+*/×x])\s*(\d{1,12})\s*[=?.!]*\s*",
    re.I,
)
_SHORT_QUESTION = 9
_READ = 4000


class _Turn(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


def compose(model: str, character: Character, turns: Sequence[_Turn], prompt: str, rng: random.Random) -> str:
    """The whole answer in Markdown; its first line says that it is simulated."""
    writer = _Writer(character, prompt, turns, rng)
    return f"*Simulated answer by {model}.*\n\n{writer.body()}"


def ponder(prompt: str, rng: random.Random) -> str:
    """A train of thought about the prompt, for models that show theirs."""
    terms = key_terms(prompt, 3) or ["the question"]
    thoughts = [f"The user asks about {_joined(terms)}."]
    thoughts += [line.format(a=terms[0], b=terms[-1]) for line in rng.sample(phrases.THOUGHTS, 3)]
    return " ".join(thoughts)


class _Writer:
    """Writes one answer; every choice comes from the given dice."""

    def __init__(self, character: Character, prompt: str, turns: Sequence[_Turn], rng: random.Random) -> None:
        self.tone = phrases.TONES[character.tone]
        # The request stands at the beginning; a long prompt is searched for it no further.
        self.prompt = prompt[:_READ]
        self.turns = turns
        self.rng = rng
        self.terms = key_terms(self.prompt, 6) or ["your question"]
        self.depth = self._depth(character.depth)
        self.statements = rng.sample(phrases.STATEMENTS, len(phrases.STATEMENTS))

    def body(self) -> str:
        if result := self._tool_result():
            return f"{self._opener()} The tool answered: {result}\n\n{self._sentence()}"
        if _GREETING.match(self.prompt):
            return self.tone.greeting
        parts = [self._memory(), *self._parts()]
        return "\n\n".join(part for part in parts if part)

    def _parts(self) -> list[str]:
        if sum_ := _SUM.fullmatch(self.prompt):
            return [f"{sum_[1]} {sum_[2]} {sum_[3]} = **{_result(int(sum_[1]), sum_[2], int(sum_[3]))}**"]
        if _POEM.search(self.prompt):
            return [self.rng.choice(phrases.POEMS).format(a=self.terms[0], A=_capital(self.terms[0]))]
        if _SUMMARY.search(self.prompt):
            return [self._summary()]
        if wants_code(self.prompt):
            return [code_answer(self.prompt, self.terms, self.rng)]
        if _TABLE.search(self.prompt):
            return [self._opener(), self._table(), self._closer()]
        if _STEPS.search(self.prompt):
            return [self._opener(), self._steps(), self._closer()]
        if _LIST.search(self.prompt):
            return [self._opener(), self._bullets(), self._closer()]
        return self._explanation()

    def _explanation(self) -> list[str]:
        if self.depth <= 1 or self._is_short_question():
            return [
                f"{self._opener()} {self._sentence()}" + (f" {self._sentence()}" if self.depth > 1 else "")
            ]
        parts = [f"{self._opener()} {self._sentence()}", "## What matters", self._bullets()]
        if self.depth > 2:
            parts += ["## In practice", self._steps(), "## What it costs", self._table()]
        return [*parts, self._closer()]

    def _depth(self, usual: int) -> int:
        system = " ".join(turn.text for turn in self.turns if turn.role in ("system", "developer"))
        if _BRIEF.search(self.prompt) or _BRIEF.search(system):
            return 1
        return 3 if _LONG.search(self.prompt) else usual

    def _is_short_question(self) -> bool:
        return (
            self.depth < 3
            and self.prompt.rstrip().endswith("?")
            and len(self.prompt.split()) <= _SHORT_QUESTION
        )

    def _memory(self) -> str:
        said = [turn.text for turn in self.turns if turn.role == "user"][:-1]
        if not said:
            return ""
        before = key_terms(said[-1], 1)
        topic = f"**{before[0]}**" if before else "that"
        count = "your last question" if len(said) == 1 else f"your {len(said)} earlier questions"
        return self.rng.choice(phrases.MEMORY).format(topic=topic, count=count)

    def _tool_result(self) -> str:
        last = self.turns[-1]
        return f"`{last.text.strip()[:300]}`" if last.role == "tool" and last.text.strip() else ""

    def _opener(self) -> str:
        return _sentence_case(self.rng.choice(self.tone.openers).format(a=self._bold(0)))

    def _closer(self) -> str:
        return _sentence_case(self.rng.choice(self.tone.closers).format(a=self.terms[0], b=self._other()))

    def _sentence(self) -> str:
        line = self.statements.pop()
        return _sentence_case(line.format(a=self._bold(0), b=self._other()))

    def _other(self) -> str:
        return self.terms[1] if len(self.terms) > 1 else "everything around it"

    def _bullets(self) -> str:
        lines = self.rng.sample(phrases.POINTS, min(len(phrases.POINTS), 2 + self.depth))
        labels = [f"**{_capital(term)}**: " for term in self.terms[: len(lines)]]
        labels += [""] * (len(lines) - len(labels))
        return "\n".join(
            f"- {label}{line if label else _capital(line)}" for label, line in zip(labels, lines, strict=True)
        )

    def _steps(self) -> str:
        lines = self.rng.sample(phrases.STEPS, min(len(phrases.STEPS), 2 + self.depth))
        terms = [self.terms[index % len(self.terms)] for index in range(len(lines))]
        numbered = enumerate(zip(terms, lines, strict=True), start=1)
        return "\n".join(f"{number}. {line.format(a=term)}" for number, (term, line) in numbered)

    def _table(self) -> str:
        rows = ["| Aspect | Good for | Watch out for |", "| --- | --- | --- |"]
        for term in self.terms[: 2 + self.depth]:
            good, bad = self.rng.choice(phrases.STRENGTHS), self.rng.choice(phrases.WEAKNESSES)
            rows.append(f"| {_capital(term).replace('|', '/')} | {good} | {bad} |")
        return "\n".join(rows)

    def _summary(self) -> str:
        sentences = [
            part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", self.prompt) if len(part.split()) > 5
        ]
        kept = sentences[1 : 1 + self.depth] or sentences[:1]
        lines = [f"In short: it is about {_joined([f'**{term}**' for term in self.terms[:3]])}."]
        return "\n".join([*lines, *(f"- {sentence[:240]}" for sentence in kept)])

    def _bold(self, index: int) -> str:
        return f"**{self.terms[index % len(self.terms)]}**"


def _sentence_case(text: str) -> str:
    return re.sub(r"\A((?:\*\*)?)([a-z])", lambda found: found[1] + found[2].upper(), text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _result(left: int, sign: str, right: int) -> str:
    if sign == "/":
        return f"{left / right:g}" if right else "undefined"
    return str(left + right if sign == "+" else left - right if sign == "-" else left * right)


def _joined(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else ", ".join(terms[:-1]) + f" and {terms[-1]}"
