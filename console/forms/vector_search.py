"""A query on the search bench, with its filters and its ranking."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from console.forms.fields import choice, decimal
from console.forms.pairs import LONGEST_KEY, LONGEST_VALUE, scalar
from console.models import Item
from console.retrieval import filters
from console.retrieval.filters import NotAFilter
from console.v1 import vector_search
from console.v1.vector_search import MOST_RESULTS, OPERATORS, RANKERS, Comparison

ROWS = 4
WORDS = {
    "eq": "is",
    "ne": "is not",
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
}
RANKER_NAMES = {"auto": "Automatic", "none": "None"}
LONGEST_QUERY = 4096
LONGEST_ADDRESS = 6000  # proxies refuse request lines of more than 8 KiB


class RankingForm(forms.Form):
    """How results are ranked and how many there may be."""

    most = forms.IntegerField(
        label="Results",
        min_value=1,
        max_value=MOST_RESULTS,
        initial=8,
        widget=forms.NumberInput(attrs={"class": "input num auto"}),
    )
    ranker = choice(
        "Ranker", [(one, RANKER_NAMES.get(one, one)) for one in RANKERS], required=False, initial="auto"
    )
    threshold = decimal("Least score", 0, 1)
    rewrite = forms.BooleanField(
        label="Rewrite the query",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "switch", "role": "switch"}),
    )

    @staticmethod
    def usual() -> dict[str, Any]:
        """The settings that the form begins with."""
        form = RankingForm({name: field.initial for name, field in RankingForm.base_fields.items()})
        form.full_clean()
        return form.settings()

    def settings(self) -> dict[str, Any]:
        """What was set, as `console.v1.vector_search.body` takes it."""
        clean = self.cleaned_data
        return {
            "most": clean["most"],
            "ranker": clean["ranker"] or None,
            "score_threshold": clean["threshold"],
            "rewrite": clean["rewrite"] or None,
        }


class SearchForm(RankingForm):
    """One query, for one store or for two side by side; `against` is "slug/id" of the second."""

    query = forms.CharField(
        label="Query",
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "autocomplete": "off"}),
    )
    against = choice("Beside", required=False)
    join = choice(
        "Conditions", [("and", "All must hold"), ("or", "One must hold")], required=False, initial="and"
    )
    filter_json = forms.CharField(
        label="Or as JSON, nested as you like",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"class": "input mono", "rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, stores: list[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(address(one), f"{one.name} on {one.connection.name}") for one in stores]
        self.fields["against"].choices = [("", "No other store"), *places]  # type: ignore[attr-defined]
        for number in range(1, ROWS + 1):
            self.fields[f"key_{number}"] = condition_text(
                f"Attribute {number}", LONGEST_KEY, offers="attributes"
            )
            operators = [(one, WORDS[one]) for one in OPERATORS]
            self.fields[f"operator_{number}"] = choice(
                f"Comparison {number}", operators, required=False, initial="eq"
            )
            self.fields[f"value_{number}"] = condition_text(f"Value {number}", LONGEST_VALUE)

    def conditions(self) -> list[tuple[Any, Any, Any]]:
        """The rows of conditions: attribute, comparison and value."""
        return [
            (self[f"key_{number}"], self[f"operator_{number}"], self[f"value_{number}"])
            for number in range(1, ROWS + 1)
        ]

    def clean_filter_json(self) -> filters.Filter | None:
        text = self.cleaned_data["filter_json"].strip()
        try:
            return filters.parse(text) if text else None
        except NotAFilter as error:
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        rows = []
        for number in range(1, ROWS + 1):
            key, value = clean.get(f"key_{number}", ""), clean.get(f"value_{number}", "")
            if key and not value:
                self.add_error(f"value_{number}", f"What should “{key}” be?")
            elif key:
                operator = clean.get(f"operator_{number}") or "eq"
                rows.append(Comparison(key, operator, scalar(value)))
        if rows and clean.get("filter_json"):
            self.add_error("filter_json", "Use either the conditions or JSON.")
        clean["filter"] = clean.get("filter_json") or filters.joined(rows, clean.get("join") or "and")
        return clean

    def has_filter(self) -> bool:
        """Whether any condition was typed, or came with the address."""
        names = ["filter_json", *(f"key_{number}" for number in range(1, ROWS + 1))]
        return any(self[name].value() or self[name].errors for name in names)

    def address(self) -> str:
        """What was typed, as the query string that fills the form again; empty when it is too long for one."""
        text = "?" + urlencode({name: self.data[name] for name in self.changed_data if self.data.get(name)})
        return text if len(text) <= LONGEST_ADDRESS else ""

    def body(self) -> dict[str, Any]:
        """The JSON body of the search."""
        clean = self.cleaned_data
        return vector_search.body(clean["query"], filters=clean["filter"], **self.settings())


def condition_text(label: str, length: int, *, offers: str = "") -> forms.CharField:
    """`offers` is the id of the datalist that suggests what to type."""
    looks = {"class": "input", "autocomplete": "off", "aria-label": label, "placeholder": label.split()[0]}
    widget = forms.TextInput(attrs=looks | ({"list": offers} if offers else {}))
    return forms.CharField(label=label, required=False, max_length=length, widget=widget)


def address(item: Item) -> str:
    return f"{item.connection.slug}/{item.remote_id}"
