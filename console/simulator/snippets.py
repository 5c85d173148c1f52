"""Code in the answers: a small program in the language that the prompt asks for, named after its subject."""

from __future__ import annotations

import keyword
import random
import re
from collections.abc import Sequence

_NOUN = r"(?:code|functions?|script|snippet|program|class|query|regex|method|module)"
_VERB = r"(?:write|implement|create|generate|show|give|need|fix|refactor|draft|code|program)"
_LANGUAGE = r"(?:python|javascript|typescript|sql|bash|shell|golang|rust)"
_CODE = re.compile(
    rf"\b{_VERB}\b[^.?!\n]*\b{_NOUN}\b|\b{_LANGUAGE}\b[^.?!\n]*\b{_NOUN}\b"
    rf"|\bimplement\b|\b{_NOUN} in {_LANGUAGE}\b",
    re.I,
)
_LANGUAGES = {
    "typescript": "typescript", "javascript": "javascript", "sql": "sql", "query": "sql", "bash": "bash",
    "shell": "bash", "golang": "go", "rust": "rust", "python": "python",
}  # fmt: skip

_RETRY = '''import random
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def {name}(call: Callable[[], Result], *, attempts: int = 4, base: float = 0.5) -> Result:
    """Call until it succeeds; waits twice as long each time, with jitter."""
    for attempt in range(attempts):
        try:
            return call()
        except OSError:
            if attempt == attempts - 1:
                raise
            time.sleep(base * 2**attempt * random.uniform(0.5, 1.5))
    raise ValueError("attempts must be at least 1")
'''
_FIBONACCI = '''def {name}(count: int) -> list[int]:
    """The first `count` Fibonacci numbers."""
    numbers, pair = [], (0, 1)
    for _ in range(count):
        numbers.append(pair[0])
        pair = (pair[1], pair[0] + pair[1])
    return numbers
'''
_PRIMES = '''def {name}(limit: int) -> list[int]:
    """All primes below `limit`, by the sieve of Eratosthenes."""
    sieve = bytearray([1]) * max(limit, 2)
    sieve[:2] = b"\\0\\0"
    for number in range(2, int(limit**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return [number for number in range(limit) if sieve[number]]
'''
_CSV = '''import csv
from pathlib import Path


def {name}(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, one dictionary each."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
'''
_GENERIC = '''from collections import Counter
from collections.abc import Iterable


def {name}(items: Iterable[str], *, limit: int = 10) -> list[tuple[str, int]]:
    """The most frequent items about {subject}, with their counts."""
    counts = Counter(item.strip().lower() for item in items if item.strip())
    return counts.most_common(limit)
'''
_DEBOUNCE = """export function {camel}(action, delay = 250) {{
  let timer;
  return (...values) => {{
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), delay);
  }};
}}
"""
_PYTHON = (
    ("retr", _RETRY),
    ("backoff", _RETRY),
    ("fibonacci", _FIBONACCI),
    ("prime", _PRIMES),
    ("csv", _CSV),
)

_OTHERS = {
    "javascript": """export function {camel}(items, limit = 10) {{
  const counts = new Map();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((left, right) => right[1] - left[1]).slice(0, limit);
}}
""",
    "typescript": """export function {camel}(items: string[], limit = 10): [string, number][] {{
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((left, right) => right[1] - left[1]).slice(0, limit);
}}
""",
    "sql": """SELECT {name}, count(*) AS occurrences
FROM events
WHERE created_at >= current_date - INTERVAL '7 days'
GROUP BY {name}
ORDER BY occurrences DESC
LIMIT 10;
""",
    "bash": """#!/usr/bin/env bash
set -euo pipefail

{name}() {{
  sort "${{1:?a file is needed}}" | uniq -c | sort -rn | head -n "${{2:-10}}"
}}

{name} "$@"
""",
    "go": """func {camel}(items []string) map[string]int {{
\tcounts := make(map[string]int, len(items))
\tfor _, item := range items {{
\t\tcounts[item]++
\t}}
\treturn counts
}}
""",
    "rust": """use std::collections::HashMap;

pub fn {name}(items: &[&str]) -> HashMap<String, usize> {{
    items.iter().fold(HashMap::new(), |mut counts, item| {{
        *counts.entry(item.to_string()).or_default() += 1;
        counts
    }})
}}
""",
}
_NOTES = (
    "It is one function on purpose: callers decide about logging and time limits.",
    "Test it with an empty input and with one item before anything larger.",
    "Nothing here is measured; try it on your own data before you rely on its speed.",
)


def wants_code(prompt: str) -> bool:
    return _CODE.search(prompt) is not None


def code_answer(prompt: str, terms: Sequence[str], rng: random.Random) -> str:
    """A fenced program and one remark."""
    lowered = prompt.lower()
    language = next((name for word, name in _LANGUAGES.items() if word in lowered), "python")
    name = _identifier(terms)
    filled = _template(language, lowered).format(
        name=name, camel=_camel(name), subject=terms[0].replace('"', "")
    )
    return f"```{language}\n{filled}```\n\n{rng.choice(_NOTES)}"


def _template(language: str, lowered: str) -> str:
    if language == "javascript" and "debounce" in lowered:
        return _DEBOUNCE
    if language != "python":
        return _OTHERS[language]
    return next((template for word, template in _PYTHON if word in lowered), _GENERIC)


def _identifier(terms: Sequence[str]) -> str:
    words = re.findall(r"[a-z]+", " ".join(terms).lower())
    kept = [word for word in words if word not in _LANGUAGES][:3]
    name = "_".join(kept) or "solve"
    return f"{name}_" if keyword.iskeyword(name) else name


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
