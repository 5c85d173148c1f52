"""Starting batches: from a file of requests, or from rows and a prompt."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.batching.changing import Changes, has_limit
from console.batching.retrying import Again
from console.batching.store import Store
from console.batching.work import NewBatch
from console.forms.fields import PAIRS_HINT, area, number, plain, text
from console.forms.keyed import KeyedForm
from console.forms.pairs import MOST, pairs
from console.index.batches import NAME, RETRY_OF
from console.once import MARKER
from console.v1.batches import ENDPOINTS

LONGEST_EXPIRY = 30  # days
OURS = {NAME, RETRY_OF, MARKER}
UNANSWERED = "unanswered"


class StartForm(KeyedForm):
    """What every batch is asked for with."""

    name = text("Name", 256, "Kept as “name” in the metadata. Empty: its id.", required=False)
    output_days = number(
        "Results expire after days",
        1,
        LONGEST_EXPIRY,
        f"1 to {LONGEST_EXPIRY}; Azure's pages say 14 to 30. Empty: they stay until they are deleted.",
    )
    metadata = area("Metadata", PAIRS_HINT)

    def clean_metadata(self) -> dict[str, str]:
        told = pairs(self.cleaned_data["metadata"])
        if taken := sorted(OURS & told.keys()):
            raise ValidationError(f"“{taken[0]}” is written by the console itself.")
        if len(told) > MOST - len(OURS):
            raise ValidationError(f"There can be {MOST - len(OURS)} pairs at most, beside the console's own.")
        return told


class BatchForm(StartForm):
    """A batch of the requests in a file of the resource."""

    input_file = forms.CharField(
        label="Input file",
        max_length=200,
        help_text="One of the suggestions, or the id of any file. One that is not processed yet is waited for.",
        widget=forms.TextInput(
            attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false", "list": "files"}
        ),
    )
    endpoint = forms.CharField(
        label="Endpoint",
        max_length=200,
        initial=ENDPOINTS[0],
        help_text="The url of the lines: each must have the same.",
        widget=forms.TextInput(
            attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false", "list": "endpoints"}
        ),
    )

    def asked(self) -> NewBatch:
        return NewBatch(**{name: self.cleaned_data[name] for name in self.fields})


class RetryForm(KeyedForm):
    """Which lines: those of each cause, and those without any answer; and what they are given before."""

    lines = forms.MultipleChoiceField(
        label="Lines",
        error_messages={"required": "Choose at least one kind of lines."},
        widget=forms.CheckboxSelectMultiple,
    )
    model = plain("Another deployment", 200, "Empty: the one that was asked.", offers="deployments")
    max_tokens = number("Tokens of an answer, at most", 1, 1_000_000, "Empty: as the lines have it.")

    def __init__(self, *args: Any, store: Store, endpoint: str, provider: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        if not has_limit(endpoint):
            del self.fields["max_tokens"]
        self.rows = [(one.id, one.code, one.message, one.lines) for one in store.causes()]
        if left := store.totals().get(UNANSWERED, 0):
            self.rows.append(
                (UNANSWERED, "no answer", "The batch ended before these lines were answered.", left)
            )
        self.fields["lines"].choices = [(one[0], one[1]) for one in self.rows]  # type: ignore[attr-defined]

    def again(self) -> Again:
        """What the form asks for, once it is valid."""
        wanted = self.cleaned_data["lines"]
        changes = Changes(self.cleaned_data["model"], self.cleaned_data.get("max_tokens"), self.provider)
        return Again([one for one in wanted if one != UNANSWERED], UNANSWERED in wanted, changes)

    def told_causes(self) -> list[list[str] | None]:
        """Code and message of each cause that was chosen, None for no answer; nothing where all were."""
        wanted = self.cleaned_data["lines"]
        told = [None if one[0] == UNANSWERED else [one[1], one[2]] for one in self.rows if one[0] in wanted]
        return [] if len(told) == len(self.rows) else told

    @property
    def chosen(self) -> set[str]:
        """What is ticked: everything until somebody chose."""
        return set(self.data.getlist("lines")) if self.is_bound else {one[0] for one in self.rows}  # type: ignore[attr-defined]
