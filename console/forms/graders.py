"""Graders in a form for each common kind, and as JSON for everything else; and one answer to try a grader on."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.typed_json import value_of
from console.words import in_words

KINDS = {
    "string_check": "String check",
    "text_similarity": "Text similarity",
    "score_model": "Model as judge",
    "multi": "Several, by a formula",
    "json": "JSON",
}
PURPOSES = {
    "string_check": "1 when the answer is what it should be, else 0.",
    "text_similarity": "From 0 to 1, by how near the answer is to the one wanted.",
    "score_model": "A model rates the answer by your prompt. Each rating costs tokens.",
    "multi": "Named graders, and a formula over their names.",
    "json": "Any grader that the service knows, as it takes it.",
}
OPERATIONS = {
    "eq": "is",
    "ne": "is not",
    "like": "contains",
    "ilike": "contains, in upper or lower case",
}
METRICS = (
    "fuzzy_match",
    "cosine",
    "bleu",
    "gleu",
    "meteor",
    "rouge_1",
    "rouge_2",
    "rouge_3",
    "rouge_4",
    "rouge_5",
    "rouge_l",
)
FIELDS: dict[str, tuple[str, ...]] = {
    "string_check": ("grader_name", "grader_input", "grader_operation", "grader_reference"),
    "text_similarity": ("grader_name", "grader_input", "grader_metric", "grader_reference"),
    "score_model": ("grader_name", "grader_model", "grader_prompt", "grader_low", "grader_high"),
    "multi": ("grader_name", "grader_formula"),
    "json": ("grader_json",),
}
ANSWER, WANTED = "{{sample.output_text}}", "{{item.reference_answer}}"
PROMPT = f"Rate from 0 to 1 how well this answer fits.\nAnswer: {ANSWER}\nWanted: {WANTED}"
EXACT = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": ANSWER,
    "reference": WANTED,
}
LONGEST = 40_000
ARITHMETIC = "+ - * / ^ and min, max, abs, floor, ceil, exp, sqrt, log."
HINT = "Text with places to fill in: {{sample.output_text}} is the answer, {{item.…}} a field of the line."
LINE = {"class": "input mono", "autocomplete": "off", "spellcheck": "false"}


def line(label: str, initial: str, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs=LINE)
    return forms.CharField(label=label, max_length=4000, initial=initial, help_text=hint, widget=widget)


def area(label: str, rows: int, hint: str = "", **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input mono", "rows": rows, "spellcheck": "false"})
    return forms.CharField(label=label, max_length=LONGEST, help_text=hint, widget=widget, **more)


def choice(label: str, titles: Mapping[str, str]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "input auto"})
    return forms.ChoiceField(
        label=label, choices=list(titles.items()), initial=next(iter(titles)), widget=widget
    )


def bound(label: str, initial: float) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"class": "input num auto", "step": "any"})
    return forms.FloatField(label=label, initial=initial, widget=widget)


class GraderFields(forms.Form):
    """The fields of one kind of grader; `told` is what they say, as the API takes it."""

    grader_kind = forms.ChoiceField(choices=list(KINDS.items()), widget=forms.HiddenInput)
    grader_name = line("Name", "exact")
    grader_input = line("Text", ANSWER, HINT)
    grader_operation = choice("Operation", OPERATIONS)
    grader_metric = choice("Measure", {one: in_words(one) for one in METRICS})
    grader_reference = line("Reference", WANTED)
    grader_model = line("Model that judges", "", "The name of a deployment.")
    grader_prompt = area("Prompt", 4, HINT, initial=PROMPT)
    grader_low = bound("Lowest score", 0)
    grader_high = bound("Highest score", 1)
    grader_formula = line(
        "Formula", "0.3 * exact + 0.7 * near", "Over the names of the graders: " + ARITHMETIC
    )
    grader_json = area("Grader", 14, "A JSON object with a type and a name.")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind if kind in KINDS else "string_check"
        self.initial = {"grader_json": pretty(EXACT), **self.initial, "grader_kind": self.kind}
        for name in {one for each in FIELDS.values() for one in each} - set(FIELDS[self.kind]):
            del self.fields[name]

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS[self.kind]]

    @property
    def purpose(self) -> str:
        return PURPOSES[self.kind]

    def clean_grader_json(self) -> dict[str, Any]:
        grader = an_object(self.cleaned_data["grader_json"])
        if not grader.get("type"):
            raise ValidationError("A grader has a type.")
        return grader

    @property
    def checked_forms(self) -> list[forms.Form]:
        """All that it consists of."""
        return [self]

    def told(self) -> dict[str, Any]:
        """The JSON of what is typed, also while that is not right."""
        is_right = self.is_bound and not self.errors
        return self.told_of(self.cleaned_data if is_right else {one.name: one.value() for one in self})

    def told_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        if "grader_json" in said:
            found = said["grader_json"]
            return found if isinstance(found, dict) else loose_object(str(found))
        told = {"type": self.kind, "name": said["grader_name"]}
        if self.kind == "score_model":
            messages = [{"role": "user", "content": said["grader_prompt"]}]
            told |= {"model": said["grader_model"], "input": messages}
            return told | {"range": [said["grader_low"], said["grader_high"]]}
        told |= {"input": said["grader_input"], "reference": said["grader_reference"]}
        if self.kind == "string_check":
            return told | {"operation": said["grader_operation"]}
        return told | {"evaluation_metric": said["grader_metric"]}

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        low, high = clean.get("grader_low"), clean.get("grader_high")
        if low is not None and high is not None and low >= high:
            self.add_error("grader_high", "The highest score is above the lowest.")
        return clean


class SampleForm(forms.Form):
    """One line of a dataset and an answer to it."""

    item = area("Line of the dataset", 4, "A JSON object, without the messages.", required=False)
    sample = area("Answer of the model", 4)

    def clean_item(self) -> dict[str, Any]:
        text: str = self.cleaned_data["item"].strip()
        return an_object(text) if text else {}

    def loosely(self) -> dict[str, Any]:
        """The cleaned data of what stands there, be it right or not."""
        return {
            "item": loose_object(str(self["item"].value() or "{}")),
            "sample": str(self["sample"].value() or ""),
        }


def an_object(text: str) -> dict[str, Any]:
    """The JSON object that a text is. Raises ValidationError."""
    try:
        value = value_of(text)
    except ValueError as error:
        raise ValidationError(f"This is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ValidationError("This is not a JSON object.")
    return value


def loose_object(text: str) -> dict[str, Any]:
    """The JSON object that a text is, else one that only has the text."""
    try:
        return an_object(text)
    except ValidationError:
        return {"type": "", "name": "", "unreadable": text}


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
