"""A grader of several named ones and a formula over their names, in fields; and the form for each kind of grader.

Shape from the schema OpenAI.GraderMulti of the Azure v1 specification of 2026-01-28 and its description, which
has several graders where the schema has one.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from console.forms.graders import EXACT, KINDS, GraderFields, pretty

PARTS = {kind: title for kind, title in KINDS.items() if kind != "multi"}
NAMES = {"string_check": "exact", "text_similarity": "near", "score_model": "rating", "json": "other"}
FIRST = "0:string_check,1:text_similarity"
MOST = 16
FUNCTIONS = frozenset({"min", "max", "abs", "floor", "ceil", "exp", "sqrt", "log"})
"""What a formula may call, from OpenAI's guide to graders."""
NAME = re.compile(r"[^\W\d]\w*")


class Part(GraderFields):
    """One of the graders. Its name is what the formula calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["grader_kind"]
        self.title = KINDS[self.kind]
        self.number = str(self.prefix).removeprefix("grader_")

    def clean_grader_name(self) -> str:
        name: str = self.cleaned_data["grader_name"]
        if not NAME.fullmatch(name) or name in FUNCTIONS:
            raise forms.ValidationError("The formula needs a name of letters, digits and underscores.")
        return name


class MultiGrader(GraderFields):
    """`grader_parts` lists the graders in their order as number:kind; the fields of each have a prefix of their own."""

    grader_parts = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, kind="multi", **kwargs)
        self.initial = {"grader_name": "both", "grader_parts": FIRST, **self.initial}
        entries = self.data if self.is_bound else self.initial
        told = str(entries.get("grader_parts", "")).split(",")[:MOST]
        pairs = [(number, kind) for number, _, kind in (one.partition(":") for one in told)]
        self.parts = [
            self.part(number, kind) for number, kind in pairs if is_number(number) and kind in PARTS
        ]

    @property
    def kinds_of_parts(self) -> list[tuple[str, str]]:
        return list(PARTS.items())

    def part(self, number: str, kind: str, *, name: str = "") -> Part:
        prefix = f"grader_{number}"
        if self.is_bound:
            return Part(self.data, kind=kind, prefix=prefix)
        start = f"{prefix}-"
        own = {key.removeprefix(start): text for key, text in self.initial.items() if key.startswith(start)}
        first = name or NAMES[kind]
        template = {"grader_name": first, "grader_json": pretty({**EXACT, "name": first})}
        return Part(kind=kind, prefix=prefix, initial={**template, **own})

    def add(self, kind: str) -> None:
        """One more grader, under a name that none has yet."""
        if kind in PARTS and len(self.parts) < MOST:
            number = max((int(one.number) for one in self.parts), default=-1) + 1
            taken = {one.told().get("name") for one in self.parts}
            names = (f"{NAMES[kind]}{count or ''}" for count in (0, *range(2, MOST + 2)))
            self.keep(
                [*self.parts, self.part(str(number), kind, name=next(n for n in names if n not in taken))]
            )

    def remove(self, number: str) -> None:
        self.keep([one for one in self.parts if one.number != number])

    def keep(self, parts: list[Part]) -> None:
        self.parts = parts
        self.initial["grader_parts"] = ",".join(f"{one.number}:{one.kind}" for one in parts)

    def is_valid(self) -> bool:
        """Whether all of it can be sent; every form is checked, so that all errors show at once."""
        checked = [one.is_valid() for one in self.parts]
        is_right = super().is_valid()
        return is_right and all(checked)

    @property
    def checked_forms(self) -> list[forms.Form]:
        return [self, *self.parts]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        names = [str(one.told().get("name") or "") for one in self.parts]
        if not names:
            self.add_error(None, "The formula needs a grader to speak of.")
        for name in {name for name in names if names.count(name) > 1} - {""}:
            self.add_error(None, f"Two graders are called “{name}”: the formula could not tell them apart.")
        known = {*names, *(f"{name}_score" for name in names), *FUNCTIONS}
        unknown = [name for name in NAME.findall(clean.get("grader_formula", "")) if name not in known]
        if names and unknown:
            self.add_error("grader_formula", f"“{unknown[0]}” is none of the graders: {', '.join(names)}.")
        return clean

    def told_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        told = [one.told() for one in self.parts]
        graders = {str(one.get("name") or place): one for place, one in enumerate(told, 1)}
        formula = said["grader_formula"]
        return {"type": "multi", "name": said["grader_name"], "graders": graders, "calculate_output": formula}


def grader_form(data: Any = None, *, kind: str, initial: Mapping[str, Any] | None = None) -> GraderFields:
    """The form of a kind of grader, after the step that `do` asks for: grader:add:KIND, grader:remove:NUMBER,
    grader:json.
    """
    if kind != "multi":
        return GraderFields(data, kind=kind, initial=initial)
    form = MultiGrader(data, initial=initial)
    _, _, step = str((initial or {}).get("do", "")).partition("grader:")
    verb, _, what = step.partition(":")
    if verb == "add":
        form.add(what)
    elif verb == "remove":
        form.remove(what)
    elif verb == "json":
        return GraderFields(kind="json", initial={**(initial or {}), "grader_json": pretty(form.told())})
    return form


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 4
