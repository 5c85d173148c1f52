"""Starting a fine-tuning job."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms

from console.forms.fields import choice, decimal, number, plain
from console.forms.keyed import KeyedForm
from console.forms.multi_grader import grader_form
from console.models import Item
from console.templatetags.formats import byte_size
from console.training.related import OFFERED
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
WANDB = ("project", "run", "entity", "tags")
EFFORTS = ("default", "low", "medium", "high")
N = TypeVar("N", bound=forms.IntegerField)


def whole(label: str, least: int, most: int, hint: str = "") -> forms.IntegerField:
    return automatic(number(label, least, most, hint))


def fraction(label: str, least: float, most: float, hint: str = "") -> forms.FloatField:
    return automatic(decimal(label, least, most, hint))


def automatic(field: N) -> N:
    """A number that the service chooses where it is missing, and says so."""
    field.widget.attrs["placeholder"] = "auto"
    return field


class JobForm(KeyedForm):
    """A new job of one method; what is left empty is chosen by the service.

    Models and files are picked from what the index knows; any other name or id is the resource's to refuse.
    """

    method = forms.ChoiceField(choices=[(one, one) for one in METHODS], widget=forms.HiddenInput)
    model = plain("Base model", 200, required=True)
    training_file = plain("Training file", 200, required=True)
    validation_file = plain(
        "Validation file", 200, "Examples that are not trained on: they show overfitting."
    )
    suffix = plain(
        "Suffix", LONGEST_SUFFIX, f"Part of the model's name, at most {LONGEST_SUFFIX} characters."
    )
    seed = whole("Seed", 0, 2**31 - 1, "The same seed and settings give nearly the same model.")
    n_epochs = whole("Epochs", 1, 50, "How often all examples are shown.")
    batch_size = whole("Batch size", 1, 256, "Examples a step.")
    learning_rate_multiplier = fraction("Learning rate multiplier", 0.0001, 10, "Smaller overfits later.")
    beta = fraction("Beta", 0.0001, 2, "Higher stays closer to the base model.")
    compute_multiplier = fraction("Compute multiplier", 0.00001, 10, "How much is explored in training.")
    eval_interval = whole("Steps between evaluations", 1, 10_000)
    eval_samples = whole("Samples an evaluation", 1, 10_000)
    reasoning_effort = choice(
        "Reasoning effort",
        [("", "Automatic"), *((one, one.capitalize()) for one in EFFORTS)],
        required=False,
    )
    project = plain("Project", 200, "With one, the figures of each step are sent to Weights & Biases.")
    run = plain("Name of the run", 200)
    entity = plain("Team or user", 200)
    tags = plain("Tags", 1000, "Separated by commas.")

    def __init__(
        self,
        *args: Any,
        kind: str,
        models: Iterable[Item] = (),
        files: Iterable[Item] = (),
        grader_kind: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.suggestions: dict[str, list[tuple[str, str]]] = {}
        self.initial = {**self.initial, "method": kind}
        for name in {one for each in SETTINGS.values() for one in each} - set(SETTINGS[kind]):
            del self.fields[name]
        self.pick("model", [(one.remote_id, one.remote_id) for one in models], "Pick a model")
        known = [(one.remote_id, named(one)) for one in files]
        self.pick("training_file", known, "Pick a file")
        self.pick("validation_file", known, "None")
        self.grader = (
            grader_form(self.data if self.is_bound else None, kind=grader_kind, initial=self.initial)
            if kind == "reinforcement"
            else None
        )

    def pick(self, name: str, choices: list[tuple[str, str]], nothing: str) -> None:
        """Make a field a list to pick from, with what was asked for.

        Where the index knows nothing it is typed, and also where there is more than a list offers.
        """
        asked = str(self[name].value() or "")
        more = [(asked, asked)] if asked and asked not in dict(choices) else []
        if len(choices) >= OFFERED:
            self.fields[name].widget.attrs |= {
                "list": f"known-{name}",
                "placeholder": "an id, or a suggestion",
            }
            self.suggestions[name] = choices
        elif choices:
            self.fields[name].widget = forms.Select({"class": "input"}, [("", nothing), *more, *choices])

    def is_valid(self) -> bool:
        """Whether the job and its grader can be asked for; both tell what is wrong."""
        is_right = super().is_valid()
        return (self.grader is None or self.grader.is_valid()) and is_right

    @property
    def checked_forms(self) -> list[forms.Form]:
        return [self, *(self.grader.checked_forms if self.grader else [])]

    @property
    def settings(self) -> list[forms.BoundField]:
        """The fields of the method's hyperparameters."""
        return [self[name] for name in SETTINGS[self.kind]]

    @property
    def integration(self) -> list[forms.BoundField]:
        """The fields of Weights & Biases."""
        return [self[name] for name in WANDB]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if not clean.get("project") and any(clean.get(name) for name in WANDB):
            self.add_error("project", "Weights & Biases needs the project.")
        return clean

    def asked(self) -> NewJob:
        clean = self.cleaned_data
        chosen = {name: clean[name] for name in SETTINGS[self.kind] if clean[name] not in (None, "")}
        return NewJob(
            key=clean["key"],
            model=clean["model"],
            training_file=clean["training_file"],
            method=self.kind,
            validation_file=clean["validation_file"],
            suffix=clean["suffix"],
            seed=clean["seed"],
            hyperparameters=chosen,
            grader=self.grader.told() if self.grader else {},
            wandb=self.wandb(),
        )

    def wandb(self) -> dict[str, Any]:
        """Where the figures are sent on to; empty for nowhere."""
        clean = self.cleaned_data
        if not clean["project"]:
            return {}
        tags = [one.strip() for one in clean["tags"].split(",") if one.strip()]
        told = {"project": clean["project"], "name": clean["run"], "entity": clean["entity"], "tags": tags}
        return {name: value for name, value in told.items() if value}


def named(file: Item) -> str:
    """A file for a list to pick from: its name, its size, and the day it came."""
    day = f", {file.remote_created_at:%d %b %Y}" if file.remote_created_at else ""
    size = f", {byte_size(file.size)}" if file.size is not None else ""
    return f"{file.name}{size}{day}"
