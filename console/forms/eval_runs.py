"""A new run of an eval as it is typed: what is judged, by which model and messages, or as JSON.

Shapes from CreateEvalRunRequest of the Azure v1 specification of 2026-01-28.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from console.forms import fields
from console.forms.criteria import Decimal, number, optional, shown
from console.forms.eval_draft import again, read
from console.forms.evals import MarkedForm, loose_pairs
from console.forms.graders import area, pretty
from console.forms.pairs import plain_lines
from console.v1 import parse

KINDS = {
    "sample": "A model answers rows",
    "answered": "A file with answers",
    "stored": "Stored completions",
    "responses": "Responses",
    "json": "JSON",
}
NEEDED = {"model", "file", "body"}
NEEDS = {
    "sample": {"model", "file"},
    "answered": {"file"},
    "stored": set[str](),
    "responses": set[str](),
    "json": {"body"},
}
"""Which of the needed fields belong to each kind; another's are not looked at."""
SAMPLING = ("temperature", "top_p", "max_completion_tokens", "seed", "reasoning_effort")
NUMBERS = frozenset(SAMPLING) - {"reasoning_effort"}
ROLES = ("user", "developer", "system", "assistant")
EFFORTS = ("minimal", "low", "medium", "high")
REFERENCE = "item.input"


def suggested(label: str, offers: str, hint: str, *, required: bool = False) -> forms.CharField:
    """A line of text with suggestions from the datalist of that id."""
    return fields.plain(label, 300, hint, offers=offers, required=required)


def day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"class": "input auto", "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class MessageForm(forms.Form):
    """One message that each row makes."""

    role = fields.choice("Role", [(one, one) for one in ROLES])
    content = area("Text", 3, "Text with places to fill in from the row: {{item.…}}.")


class RunForm(MarkedForm):
    """What is judged. Fields of another kind than the chosen one are kept, and not looked at."""

    kind = forms.ChoiceField(choices=list(KINDS.items()), widget=forms.RadioSelect)
    name = optional("Name", "What sets this run apart: the model, or the version of the prompt.")
    file = suggested(
        "File", "files", "The id of a file with the purpose evals, or one of the suggestions.", required=True
    )
    model = suggested("Model under test", "deployments", "The name of a deployment.", required=True)
    temperature = Decimal("Temperature")
    top_p = Decimal("Top p")
    max_completion_tokens = fields.number("Most tokens an answer", 1, 1_000_000)
    seed = fields.number("Seed", 0, 2**31 - 1)
    reasoning_effort = fields.choice(
        "Reasoning effort",
        [("", "Not sent"), *((one, one.capitalize()) for one in EFFORTS)],
        required=False,
    )
    made_by = suggested("Only those of the model", "deployments", "Empty: of any.")
    instructions = optional("Only those whose instructions have")
    after = day("Made on or after")
    before = day("Made before")
    limit = fields.number("At most so many", 1, 100_000)
    anew = suggested(
        "Answer them anew with",
        "deployments",
        "A deployment that answers the same messages. Empty: the answers are judged as they are.",
    )
    body = area("Data source", 16, "The member data_source, as the API takes it.")

    @property
    def has_json(self) -> bool:
        """Whether there is JSON to go to; before that a step makes it of the fields."""
        return typed_in(self, "kind") == "json" or bool(typed_in(self, "body"))

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        for name in NEEDED - NEEDS.get(clean.get("kind", ""), NEEDED):
            self.errors.pop(name, None)
            clean.setdefault(name, "")
        if clean.get("kind") == "json" and clean.get("body"):
            try:
                source = read(clean["body"])
            except ValidationError as error:
                self.add_error("body", error)
            else:
                if not parse.text(source.get("type")) or not isinstance(source.get("source"), dict):
                    self.add_error("body", "A data source has a type and a source.")
        return clean


class RunDraft:
    """A new run: the form and the messages, each under a prefix of its own."""

    def __init__(self, form: RunForm, messages: Sequence[MessageForm]) -> None:
        self.form, self.messages = form, list(messages)

    @classmethod
    def blank(cls, kind: str, *, field: str) -> "RunDraft":
        """A new one; the first message holds a field of the row."""
        return cls(RunForm(initial={"kind": kind}), [message("m0", "user", f"{{{{item.{field}}}}}")])

    @classmethod
    def sent(cls, data: QueryDict, *, is_bound: bool) -> "RunDraft":
        """What a form sent; bound to be checked, or as it was typed to be shown again."""
        prefixes = [one for one in data.getlist("message")[:32] if one[:1] == "m" and one[1:].isdecimal()]
        form = again(RunForm, data, "", is_bound=is_bound)
        if not is_bound:
            form.initial["key"] = data.get("key") or form.initial["key"]
        return cls(form, [again(MessageForm, data, one, is_bound=is_bound) for one in prefixes])

    @classmethod
    def of(cls, source: Mapping[str, Any], metadata: Mapping[str, str]) -> "RunDraft":
        """Another run like one with this data source; as JSON where the fields would lose something."""
        for kind in ("sample", "answered", "stored", "responses"):
            values = {"kind": kind, **values_of(source), "metadata": plain_lines(metadata)}
            draft = cls(RunForm(initial=values), messages_of(source))
            if draft.source() == dict(source):
                return draft
        values = {"kind": "json", "body": pretty(dict(source)), "metadata": plain_lines(metadata)}
        return cls(RunForm(initial=values), [message("m0", "user", "")])

    def add(self) -> None:
        numbers = [int(str(one.prefix)[1:]) for one in self.messages]
        self.messages.append(message(f"m{max(numbers, default=-1) + 1}", "user", ""))

    def remove(self, prefix: str) -> None:
        self.messages = [one for one in self.messages if one.prefix != prefix]

    def is_valid(self) -> bool:
        """Whether it can be sent; messages count where a model is asked with them."""
        checked = [one.is_valid() for one in self.checked_forms]  # all of them, so that all errors show
        if self.text("kind") == "sample" and not self.messages:
            self.form.add_error(None, "The model needs a message.")
        return all(checked) and not self.form.errors

    @property
    def checked_forms(self) -> list[forms.Form]:
        """The forms that count."""
        return [self.form, *(self.messages if self.text("kind") == "sample" else [])]

    def text(self, name: str) -> str:
        return typed_in(self.form, name)

    def told(self) -> dict[str, Any]:
        """The JSON of what is typed, also while that is not complete."""
        found: dict[str, Any] = {"name": self.text("name")} if self.text("name") else {}
        metadata = loose_pairs(self.text("metadata"))
        return {**found, **({"metadata": metadata} if metadata else {}), "data_source": self.source()}

    def source(self) -> dict[str, Any]:
        kind = self.text("kind")
        if kind == "answered":
            return {"type": "jsonl", "source": {"type": "file_id", "id": self.text("file")}}
        if kind in ("stored", "responses"):
            return self.recorded(kind)
        if kind == "json":
            try:
                return read(self.text("body"))
            except ValidationError:
                return {}
        template = [
            {"role": typed_in(one, "role"), "content": typed_in(one, "content")} for one in self.messages
        ]
        params = {name: self.text(name) for name in SAMPLING if self.text(name)}
        sampling = {name: number(text) if name in NUMBERS else text for name, text in params.items()}
        return {
            "type": "completions",
            "model": self.text("model"),
            "input_messages": {"type": "template", "template": template},
            "source": {"type": "file_id", "id": self.text("file")},
            **({"sampling_params": sampling} if sampling else {}),
        }

    def recorded(self, kind: str) -> dict[str, Any]:
        """Answers that the resource has kept, judged as they are or answered anew."""
        source: dict[str, Any] = {"type": "stored_completions" if kind == "stored" else "responses"}
        source |= {"model": self.text("made_by")} if self.text("made_by") else {}
        source |= {"metadata": wanted} if (wanted := loose_pairs(self.text("filter"))) else {}
        for member, name in (("created_after", "after"), ("created_before", "before")):
            source |= {member: seconds} if (seconds := midnight(self.text(name))) else {}
        if kind == "stored" and self.text("limit"):
            source["limit"] = number(self.text("limit"))
        if kind == "responses" and self.text("instructions"):
            source["instructions_search"] = self.text("instructions")
        told: dict[str, Any] = {"type": "completions" if kind == "stored" else "responses", "source": source}
        if self.text("anew"):
            told |= {"model": self.text("anew")}
            told |= {"input_messages": {"type": "item_reference", "item_reference": REFERENCE}}
        return told


def message(prefix: str, role: str, content: str) -> MessageForm:
    return MessageForm(initial={"role": role, "content": content}, prefix=prefix)


def typed_in(form: forms.Form, name: str) -> str:
    """What stands in a field, checked or not; browsers send their own ends of lines."""
    if form.is_bound:
        found = form.data.get(form.add_prefix(name))
    else:
        found = form.get_initial_for_field(form.fields[name], name)
    return "" if found is None else str(found).replace("\r\n", "\n")


def values_of(source: Mapping[str, Any]) -> dict[str, str]:
    """What the fields hold for a data source."""
    rows = parse.mapping(source.get("source"))
    sampling = parse.mapping(source.get("sampling_params"))
    return {
        "file": parse.text(rows.get("id")),
        "model": parse.text(source.get("model")),
        "anew": parse.text(source.get("model")),
        **{name: shown(sampling.get(name)) for name in SAMPLING},
        "made_by": parse.text(rows.get("model")),
        "filter": plain_lines(parse.pairs(rows.get("metadata"))),
        "instructions": parse.text(rows.get("instructions_search")),
        "after": day_of(rows.get("created_after")),
        "before": day_of(rows.get("created_before")),
        "limit": shown(rows.get("limit")),
    }


def messages_of(source: Mapping[str, Any]) -> list[MessageForm]:
    rows = parse.rows(parse.path(source, "input_messages", "template"))
    return [
        message(f"m{place}", parse.text(one.get("role")), shown(one.get("content")))
        for place, one in enumerate(rows)
    ]


def midnight(text: str) -> int | None:
    """The unix seconds at which a day begins in UTC; None for what is no day."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return int(datetime(found.year, found.month, found.day, tzinfo=UTC).timestamp())


def day_of(seconds: object) -> str:
    moment = parse.time(seconds)
    return f"{moment:%Y-%m-%d}" if moment else ""
