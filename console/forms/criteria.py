"""The criteria of an eval: a form for each common kind, JSON for every other; each way back and forth loses nothing.

Shapes from the schemas EvalGraderStringCheck and its siblings of the Azure v1 specification of 2026-01-28.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from console.forms.graders import ANSWER, METRICS, OPERATIONS, an_object, area, choice, line, pretty
from console.forms.typed_json import value_of
from console.v1 import parse
from console.words import in_words

PLACES = "Text with places to fill in: {{sample.output_text}} is the answer, {{item.…}} a field of the row."

RATE = "Rate from 0 to 1 how helpful this answer is.\n\nQuestion: {{item.question}}\nAnswer: {{sample.output_text}}"
SORT = "Is this answer helpful or not?\n\nQuestion: {{item.question}}\nAnswer: {{sample.output_text}}"
GRADE = "def grade(sample, item):\n    return 1.0 if sample['output_text'] == item['answer'] else 0.0\n"


def optional(label: str, hint: str = "") -> forms.CharField:
    field = line(label, "", hint)
    field.required = False
    return field


class Decimal(forms.FloatField):
    """A number that may be missing."""

    def __init__(self, label: str, *, required: bool = False, hint: str = "", initial: Any = None) -> None:
        widget = forms.NumberInput(attrs={"class": "input num auto", "step": "any"})
        super().__init__(label=label, required=required, help_text=hint, initial=initial, widget=widget)


class CriterionForm(forms.Form):
    """One criterion. `members` maps what the API calls a member to the field that holds it."""

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    purpose: ClassVar[str] = ""
    members: ClassVar[Mapping[str, str]] = {}

    name = line("Name", "", "What it is called in the results.")

    def typed(self, field: str) -> str:
        """What stands in a field, checked or not; browsers send their own ends of lines."""
        if self.is_bound:
            found = self.data.get(self.add_prefix(field))
        else:
            found = self.get_initial_for_field(self.fields[field], field)
        return "" if found is None else str(found).replace("\r\n", "\n")

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields]

    def told(self) -> dict[str, Any]:
        """The JSON of what is typed, also while that is not complete."""
        found: dict[str, Any] = {"type": self.kind, "name": self.typed("name")}
        for member, field in self.members.items():
            text = self.typed(field)
            if text or self.fields[field].required:
                found[member] = number(text) if isinstance(self.fields[field], Decimal) else text
        return found

    @classmethod
    def values(cls, one: Mapping[str, Any]) -> dict[str, str]:
        """What the fields hold for a criterion as the API tells it."""
        names = {"name": "name", **cls.members}
        return {field: shown(one[member]) for member, field in names.items() if member in one}

    def place(self, field: str) -> str:
        """The member of the JSON that a field stands for."""
        return next((member for member, name in self.members.items() if name == field), field)


class StringCheck(CriterionForm):
    kind, title = "string_check", "String check"
    purpose = "Passes when the answer is what it should be."
    members = {"input": "input", "operation": "operation", "reference": "reference"}

    input = line("Text", ANSWER, PLACES)
    operation = choice("Operation", OPERATIONS)
    reference = line("Reference", "{{item.answer}}")


class TextSimilarity(CriterionForm):
    kind, title = "text_similarity", "Text similarity"
    purpose = "Passes when the answer is near enough to the one wanted."
    members = {
        "input": "input",
        "evaluation_metric": "metric",
        "reference": "reference",
        "pass_threshold": "threshold",
    }

    input = line("Text", ANSWER, PLACES)
    metric = choice("Measure", {one: in_words(one) for one in METRICS})
    reference = line("Reference", "{{item.answer}}")
    threshold = Decimal("Passes from", required=True, hint="From 0 to 1.", initial=0.5)


class Judged(CriterionForm):
    """A model that judges by a prompt."""

    members = {"model": "model"}

    model = line("Model that judges", "", "The name of a deployment. Each verdict costs tokens.")
    instructions = area("Instructions", 2, "For the developer's message.", required=False)
    prompt = area("Prompt", 5, PLACES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].widget.attrs["list"] = "deployments"

    def told(self) -> dict[str, Any]:
        before = self.typed("instructions")
        messages = [{"role": "developer", "content": before}] if before else []
        return {**super().told(), "input": [*messages, {"role": "user", "content": self.typed("prompt")}]}

    @classmethod
    def values(cls, one: Mapping[str, Any]) -> dict[str, str]:
        messages = parse.rows(one.get("input"))
        texts = {"prompt": shown(messages[-1].get("content")) if messages else ""}
        if len(messages) > 1:
            texts["instructions"] = shown(messages[0].get("content"))
        return {**super().values(one), **texts}

    def place(self, field: str) -> str:
        return "input" if field in ("prompt", "instructions") else super().place(field)


class ScoreModel(Judged):
    kind, title = "score_model", "Score by a model"
    purpose = "A model gives a score; it passes from a threshold on."
    members = {"model": "model", "pass_threshold": "threshold"}

    low = Decimal("Lowest score", hint="Both empty: from 0 to 1.")
    high = Decimal("Highest score")
    threshold = Decimal("Passes from")

    def told(self) -> dict[str, Any]:
        ends = [self.typed("low"), self.typed("high")]
        return {**super().told(), **({"range": [number(one) for one in ends]} if any(ends) else {})}

    @classmethod
    def values(cls, one: Mapping[str, Any]) -> dict[str, str]:
        ends = one.get("range")
        both = ends if isinstance(ends, list) and len(ends) == 2 else ["", ""]
        return {**super().values(one), "low": shown(both[0]), "high": shown(both[1])}

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        low, high = clean.get("low"), clean.get("high")
        if (low is None) != (high is None):
            self.add_error("high", "A range has two ends.")
        elif low is not None and high is not None and low >= high:
            self.add_error("high", "The highest score is above the lowest.")
        return clean

    def place(self, field: str) -> str:
        return "range" if field in ("low", "high") else super().place(field)


class LabelModel(Judged):
    kind, title = "label_model", "Label by a model"
    purpose = "A model chooses one of your labels; some of them pass."

    labels = area("Labels", 3, "One a line.", initial="helpful\nnot helpful")
    passing = area("Labels that pass", 2, "One a line, each one of the labels.", initial="helpful")

    def told(self) -> dict[str, Any]:
        return {
            **super().told(),
            "labels": lines(self.typed("labels")),
            "passing_labels": lines(self.typed("passing")),
        }

    @classmethod
    def values(cls, one: Mapping[str, Any]) -> dict[str, str]:
        texts = {"labels": parse.texts(one.get("labels")), "passing": parse.texts(one.get("passing_labels"))}
        return {**super().values(one), **{field: "\n".join(found) for field, found in texts.items()}}

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        unknown = set(lines(clean.get("passing", ""))) - set(lines(clean.get("labels", "")))
        if unknown:
            self.add_error("passing", f"“{sorted(unknown)[0]}” is none of the labels.")
        return clean

    def place(self, field: str) -> str:
        return "passing_labels" if field == "passing" else super().place(field)


class Python(CriterionForm):
    kind, title = "python", "Python"
    purpose = "Your function gives a score; the service runs it."
    members = {"source": "source", "image_tag": "image_tag", "pass_threshold": "threshold"}

    source = area(
        "Code", 6, "A function grade(sample, item) that returns a number.", strip=False, initial=GRADE
    )
    image_tag = optional("Image", "Empty: the service chooses.")
    threshold = Decimal("Passes from")


class Other(CriterionForm):
    """Any criterion, as the API takes it."""

    kind, title = "json", "JSON"
    purpose = "Any criterion that the service knows, or one with members that the forms do not have."

    json = area("Criterion", 8, "A JSON object with a type and a name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]

    def told(self) -> dict[str, Any]:
        text = self.typed("json")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        return found if isinstance(found, dict) else {"type": "", "name": "", "unreadable": text}

    @classmethod
    def values(cls, one: Mapping[str, Any]) -> dict[str, str]:
        text = one.get("unreadable")
        return {"json": text if isinstance(text, str) else pretty(dict(one))}

    def clean_json(self) -> dict[str, Any]:
        told = an_object(self.cleaned_data["json"])
        for member in ("type", "name"):
            if not parse.text(told.get(member)):
                raise ValidationError(f"A criterion has a {member}.")
        return told


FORMS: dict[str, type[CriterionForm]] = {
    one.kind: one for one in (StringCheck, TextSimilarity, ScoreModel, LabelModel, Python, Other)
}
FIRST: dict[str, dict[str, str]] = {
    "string_check": {"name": "exact"},
    "text_similarity": {"name": "near"},
    "score_model": {"name": "score", "prompt": RATE},
    "label_model": {"name": "label", "prompt": SORT},
    "python": {"name": "python"},
    "json": {"json": '{\n  "type": "",\n  "name": ""\n}'},
}


def form_of(one: Mapping[str, Any], prefix: str, *, is_bound: bool = False) -> CriterionForm:
    """The form that says all of a criterion: that of its kind, or JSON where that would lose a member."""
    kind = FORMS.get(parse.text(one.get("type")), Other)
    found = filled(kind, one, prefix, is_bound=is_bound)
    return found if found.told() == dict(one) else filled(Other, one, prefix, is_bound=is_bound)


def filled(
    kind: type[CriterionForm], one: Mapping[str, Any], prefix: str, *, is_bound: bool
) -> CriterionForm:
    values = {**dict.fromkeys(kind.base_fields, ""), **kind.values(one)}
    if is_bound:
        return kind({f"{prefix}-{field}": value for field, value in values.items()}, prefix=prefix)
    return kind(initial=values, prefix=prefix)


def number(text: str) -> Any:
    """The number that a text is, else the text as it is."""
    try:
        found = value_of(text)
    except ValueError:
        return text
    return found if isinstance(found, int | float) and not isinstance(found, bool) else text


def shown(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]
