"""The filter of the audit list: fixed fields, fixed choices, no look-up that a caller could name."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from console.audit_actions import ACTIONS
from console.models.audit_timeline import OUTCOMES, AuditQuerySet

CATEGORIES = {
    "auth": "Sign-in",
    "access": "Access",
    "config": "Configuration",
    "data": "Data",
    "run": "Runs",
    "admin": "People",
    "system": "System",
}
PERIODS = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}
NO_NUL = RegexValidator("\x00", "This cannot be searched for.", inverse_match=True)


def select(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "input auto", "aria-label": label})
    return forms.ChoiceField(label=label, required=False, choices=[("", label), *choices], widget=widget)


def word(length: int) -> forms.CharField:
    return forms.CharField(required=False, max_length=length, validators=[NO_NUL], widget=forms.HiddenInput)


class AuditFilter(forms.Form):
    q = forms.CharField(
        label="Filter by actor, action, target or request id",
        required=False,
        max_length=200,
        validators=[NO_NUL],
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "type": "search",
                "placeholder": "Filter by actor, action, target or request id",
            }
        ),
    )
    category = select("Any kind", list(CATEGORIES.items()))
    action = select("Any action", [(name, name) for name in ACTIONS])
    outcome = select("Any outcome", list(OUTCOMES.items()))
    period = select("All time", [(key, label) for key, (label, _) in PERIODS.items()])
    actor = word(150)
    target_type = word(40)
    target = word(260)
    connection = word(100)
    request = word(100)

    def narrow(self, events: AuditQuerySet) -> AuditQuerySet:
        """Return the events that fit every field that is filled in and valid."""
        chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        for name, value in chosen.items():
            events = NARROWING[name](events, value)
        return events

    @property
    def pinned(self) -> list[tuple[str, str, str]]:
        """What a link has fixed: names and values of the hidden fields, and the query string without each."""
        fixed = [(field.name, str(field.value())) for field in self.hidden_fields() if field.value()]
        return [(name, value, self.query_without(name)) for name, value in fixed]

    def query_without(self, name: str) -> str:
        kept = [
            (field, value) for field, value in self.data.items() if value and field not in {name, "before"}
        ]
        return "?" + urlencode(kept)


NARROWING = {
    "q": lambda events, value: events.mentioning(value),
    "category": lambda events, value: events.filter(category=value),
    "action": lambda events, value: events.filter(action=value),
    "outcome": lambda events, value: events.ended(value),
    "period": lambda events, value: events.since(timezone.now() - PERIODS[value][1]),
    "actor": lambda events, value: events.filter(actor_label=value),
    "target_type": lambda events, value: events.filter(target_type=value),
    "target": lambda events, value: events.filter(target_id=value),
    "connection": lambda events, value: events.filter(connection_label=value),
    "request": lambda events, value: events.traced(value),
}
