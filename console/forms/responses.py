"""Asking for a response in the background, and opening an object by its id."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.connection_choices import by_slug, labelled
from console.forms.fields import PAIRS_HINT, area, choice, number, plain
from console.forms.keyed import KeyedForm
from console.forms.metadata import checked_metadata
from console.models import Connection
from console.responses.work import NewResponse
from console.v1.parameters import PARAMETERS

LONGEST_INPUT, LONGEST_ID = 400_000, 256  # characters
BY_NAME = {one.name: one for one in PARAMETERS}


def parameter(name: str) -> forms.ChoiceField:
    """A parameter that has a few values; nothing is sent unless one is chosen."""
    known = BY_NAME[name]
    values = [("", "Not set"), *((one, one) for one in known.choices)]
    return choice(known.label, values, known.help, required=False)


class ResponseForm(KeyedForm):
    """A response in the background."""

    model = plain(
        "Model",
        LONGEST_ID,
        "A deployment, or whatever else the resource takes.",
        offers="models",
        required=True,
    )
    input = forms.CharField(
        label="Input",
        max_length=LONGEST_INPUT,
        widget=forms.Textarea(attrs={"class": "input", "rows": 6}),
    )
    instructions = area("Instructions", "What the model is told first.")
    max_output_tokens = number("Max output tokens", 1, 1_000_000, BY_NAME["max_output_tokens"].help)
    reasoning_effort = parameter("reasoning_effort")
    reasoning_summary = parameter("reasoning_summary")
    previous = plain(
        "Follows the response", LONGEST_ID, "Its id: the model then knows all that was said up to there."
    )
    conversation = plain(
        "In the conversation", LONGEST_ID, "Its id: what is asked and answered is added to it."
    )
    metadata = area("Metadata", PAIRS_HINT)

    def clean_metadata(self) -> dict[str, str]:
        return checked_metadata(self.cleaned_data["metadata"])

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("previous") and clean.get("conversation"):
            raise ValidationError("A response follows another one or belongs to a conversation, not both.")
        return clean

    def asked(self) -> NewResponse:
        clean = self.cleaned_data
        names = ("max_output_tokens", "reasoning_effort", "reasoning_summary")
        return NewResponse(
            key=clean["key"],
            model=clean["model"],
            input=clean["input"],
            instructions=clean["instructions"],
            previous=clean["previous"],
            conversation=clean["conversation"],
            parameters={name: clean[name] for name in names if clean[name]},
            metadata=clean["metadata"],
        )


class OpenForm(forms.Form):
    """A connection and the id of an object on it; one that is paused is only offered where it was asked for."""

    connection = choice("Connection")
    id = plain("Id", LONGEST_ID, required=True)

    def __init__(self, *args: Any, connections: list[Connection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get("connection")
        self.offered = by_slug(one for one in connections if not one.is_paused or one.slug == asked)
        self.fields["connection"].choices = labelled(self.offered)  # type: ignore[attr-defined]
        self.fields["connection"].error_messages["invalid_choice"] = "This connection cannot be asked for it."

    def clean_connection(self) -> str:
        slug: str = self.cleaned_data["connection"]
        if self.offered[slug].is_paused:
            raise ValidationError(
                f"{self.offered[slug].name} is paused: nothing is asked of it until somebody resumes it."
            )
        return slug

    def clean_id(self) -> str:
        """An id as people paste it: with quotes, a comma or a space around it."""
        cleaned: str = self.cleaned_data["id"].strip(" \t\"',")
        if not cleaned or re.search(r"[/\s]", cleaned):
            raise ValidationError("An id has no slash and no space in it.")
        return cleaned
