"""The fields that forms are made of, each with the looks of its kind: lines, texts, numbers and choices."""

from collections.abc import Iterable
from typing import Any

from django import forms

INPUT = {"class": "input", "autocomplete": "off"}
PAIRS_HINT = "One key = value a line."
LONGEST_TEXT = 40_000
"""Characters of a text of many lines."""


def text(label: str, length: int, hint: str = "", *, required: bool = True) -> forms.CharField:
    """A line of words."""
    widget = forms.TextInput(attrs=INPUT)
    return forms.CharField(label=label, max_length=length, required=required, help_text=hint, widget=widget)


def plain(
    label: str, length: int, hint: str = "", *, offers: str = "", required: bool = False
) -> forms.CharField:
    """A line that is no prose, such as an id; `offers` is the id of a datalist with suggestions."""
    attributes = {**INPUT, "spellcheck": "false"} | ({"list": offers} if offers else {})
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, max_length=length, required=required, help_text=hint, widget=widget)


def area(label: str, hint: str, rows: int = 3) -> forms.CharField:
    """A text of many lines, which may be empty."""
    widget = forms.Textarea(attrs={"class": "input", "rows": rows, "spellcheck": "false"})
    return forms.CharField(
        label=label, required=False, help_text=hint, widget=widget, max_length=LONGEST_TEXT
    )


def number(label: str, least: int, most: int, hint: str = "") -> forms.IntegerField:
    """A whole number, which may be missing."""
    widget = forms.NumberInput(attrs={"class": "input num auto"})
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most, help_text=hint, widget=widget
    )


def decimal(label: str, least: float, most: float, hint: str = "") -> forms.FloatField:
    """A number, which may be missing."""
    widget = forms.NumberInput(attrs={"class": "input num auto"})
    return forms.FloatField(
        label=label, required=False, min_value=least, max_value=most, help_text=hint, widget=widget
    )


def choice(
    label: str,
    choices: Iterable[tuple[str, str]] = (),
    hint: str = "",
    *,
    required: bool = True,
    initial: Any = None,
) -> forms.ChoiceField:
    """One of a few values."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=required,
        initial=initial,
        help_text=hint,
        widget=forms.Select(attrs={"class": "input auto"}),
    )
