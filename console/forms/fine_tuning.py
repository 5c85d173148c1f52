"""Starting a fine-tuning job."""

import json
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from console.training.work import NewJob
from console.v1.fine_tuning import LONGEST_SUFFIX, METHODS

BASIC = ("n_epochs", "batch_size", "learning_rate_multiplier")
SETTINGS: dict[str, tuple[str, ...]] = {
    "supervised": BASIC,
    "dpo": (*BASIC, "beta"),
    "reinforcement": (
        *BASIC,
        "compute_multiplier",
        "eval_interval",
        "eval_samples",
        "reasoning_effort",
    ),
}
GRADER = """{
  "type": "string_check",
  "name": "exact",
  "operation": "eq",
  "input": "{{sample.output_text}}",
  "reference": "{{item.reference_answer}}"
}"""


def text(label: str, length: int, hint: str, offers: str = "", *, required: bool = True) -> forms.CharField:
    """A line of text; `offers` is the id of a datalist with suggestions."""
    attributes = {"class": "input", "autocomplete": "off", "spellcheck": "false"}
    widget = forms.TextInput(attrs=attributes | ({"list": offers} if offers else {}))
    return forms.CharField(label=label, max_length=length, required=required, help_text=hint, widget=widget)


def whole(label: str, least: int, most: int, hint: str = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "input num auto", "placeholder": "auto"})
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most, help_text=hint, widget=widget
    )


def decimal(label: str, least: float, most: float, hint: str = "") -> forms.FloatField:
    widget = forms.NumberInput(attrs={"class": "input num auto", "placeholder": "auto", "step": "any"})
    return forms.FloatField(
        label=label, required=False, min_value=least, max_value=most, help_text=hint, widget=widget
    )


class JobForm(forms.Form):
    """A new job of one method; what is left empty is chosen by the service."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    method = forms.ChoiceField(choices=[(one, one) for one in METHODS], widget=forms.HiddenInput)
    model = text("Base model", 200, "One of the suggestions, or any name that the resource knows.", "models")
    training_file = text("Training file", 200, "The id of a file, or one of the suggestions.", "files")
    validation_file = text(
        "Validation file",
        200,
        "Examples that are not trained on: with them you see overfitting.",
        "files",
        required=False,
    )
    suffix = text(
        "Suffix",
        LONGEST_SUFFIX,
        f"Part of the model's name, at most {LONGEST_SUFFIX} characters.",
        required=False,
    )
    seed = whole("Seed", 0, 2**31 - 1, "The same seed and settings give nearly the same model.")
    n_epochs = whole("Epochs", 1, 50, "How often all examples are shown.")
    batch_size = whole("Batch size", 1, 256, "Examples a step.")
    learning_rate_multiplier = decimal("Learning rate multiplier", 0.0001, 10)
    beta = decimal("Beta", 0.0001, 2, "Higher stays closer to the base model.")
    compute_multiplier = decimal("Compute multiplier", 0.00001, 10, "How much is explored in training.")
    eval_interval = whole("Steps between evaluations", 1, 10_000)
    eval_samples = whole("Samples an evaluation", 1, 10_000)
    reasoning_effort = forms.ChoiceField(
        label="Reasoning effort",
        required=False,
        choices=[
            ("", "Automatic"),
            ("default", "Default"),
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
        ],
        widget=forms.Select(attrs={"class": "input auto"}),
    )
    grader = forms.CharField(
        label="Grader",
        max_length=40_000,
        help_text="As JSON: it gives each answer a reward from 0 to 1.",
        widget=forms.Textarea(attrs={"class": "input mono", "rows": 8, "spellcheck": "false"}),
        initial=GRADER,
    )

    def __init__(self, *args: Any, method: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        self.initial |= {"key": uuid.uuid4().hex, "method": method}
        for name in {one for each in SETTINGS.values() for one in each} - set(SETTINGS[method]):
            del self.fields[name]
        if method != "reinforcement":
            del self.fields["grader"]

    @property
    def settings(self) -> list[forms.BoundField]:
        """The fields of the method's hyperparameters."""
        return [self[name] for name in SETTINGS[self.method]]

    def clean_grader(self) -> dict[str, Any]:
        try:
            grader = json.loads(self.cleaned_data["grader"])
        except ValueError as error:
            raise ValidationError(f"This is not JSON: {error}.") from None
        if not isinstance(grader, dict) or not grader.get("type"):
            raise ValidationError("A grader is a JSON object that has a type.")
        return grader

    def asked(self) -> NewJob:
        clean = self.cleaned_data
        chosen = {name: clean[name] for name in SETTINGS[self.method] if clean[name] not in (None, "")}
        return NewJob(
            key=clean["key"],
            model=clean["model"],
            training_file=clean["training_file"],
            method=self.method,
            validation_file=clean["validation_file"],
            suffix=clean["suffix"],
            seed=clean["seed"],
            hyperparameters=chosen,
            grader=clean.get("grader", {}),
        )

    def renewed(self) -> "JobForm":
        """The same entries under a new key, for another try after one that failed."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["key"] = uuid.uuid4().hex
        self.data = data
        return self
