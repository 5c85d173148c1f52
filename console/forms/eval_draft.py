"""A new eval as it is typed, in fields or as JSON; going from one to the other and back keeps everything."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from console.forms.criteria import FIRST, FORMS, CriterionForm, form_of
from console.forms.evals import SCHEMA, HeadForm, head_told, head_values, typed
from console.forms.graders import area
from console.forms.keyed import KeyedForm
from console.forms.typed_json import value_of
from console.once import MARKER
from console.v1 import parse
from console.v1.evals import Eval

MEMBERS = frozenset({"name", "metadata", "data_source_config", "testing_criteria"})
MOST = 64


class Draft:
    """A new eval as it is typed: the head and the criteria in their order, each under a prefix of its own."""

    def __init__(self, head: HeadForm, criteria: Sequence[CriterionForm]) -> None:
        self.head, self.criteria = head, list(criteria)

    @classmethod
    def blank(cls) -> "Draft":
        return cls(HeadForm(), [FORMS["string_check"](initial=FIRST["string_check"], prefix="c0")])

    @classmethod
    def sent(cls, data: QueryDict, *, is_bound: bool) -> "Draft":
        """What a form sent; bound to be checked, or as it was typed to be shown again."""
        found = []
        for named in data.getlist("criterion")[:MOST]:
            prefix, _, kind = named.partition(":")
            if kind in FORMS and prefix.removeprefix("c").isdecimal() and len(prefix) < 6:
                found.append(again(FORMS[kind], data, prefix, is_bound=is_bound))
        head = again(HeadForm, data, "", is_bound=is_bound)
        if not is_bound:
            head.initial["key"] = data.get("key") or head.initial["key"]
        return cls(head, found)

    @classmethod
    def of(cls, body: Mapping[str, Any], *, key: str = "", is_bound: bool = False) -> "Draft":
        """The fields of the JSON of an eval. Raises ValidationError where they cannot hold it."""
        check_shape(body)
        values = head_values(body)
        if head_of(body) != head_told(values):
            raise ValidationError(
                "The fields cannot show all of data_source_config, name and metadata: keep it as JSON."
            )
        head = HeadForm({**values, "key": key or "-"}) if is_bound else HeadForm(initial=values)
        if key and not is_bound:
            head.initial["key"] = key
        told = parse.rows(body["testing_criteria"])
        rows = [form_of(one, f"c{place}", is_bound=is_bound) for place, one in enumerate(told)]
        return cls(head, rows)

    def told(self) -> dict[str, Any]:
        """The JSON of what is typed."""
        return {**head_told(typed(self.head)), "testing_criteria": [one.told() for one in self.criteria]}

    def add(self, kind: str) -> None:
        numbers = [int(str(one.prefix).removeprefix("c")) for one in self.criteria]
        made = FORMS[kind](initial=FIRST[kind], prefix=f"c{max(numbers, default=-1) + 1}")
        self.criteria.append(made)

    def remove(self, prefix: str) -> None:
        self.criteria = [one for one in self.criteria if one.prefix != prefix]

    def is_valid(self) -> bool:
        """Whether all of it can be sent; every form is checked, so that all errors show at once."""
        valid = [form.is_valid() for form in self.checked_forms]
        if not self.criteria:
            self.head.add_error(None, "An eval needs a criterion.")
        names = [str(one.told().get("name")) for one in self.criteria]
        for name in {name for name in names if names.count(name) > 1} - {""}:
            self.head.add_error(
                None, f"Two criteria are called “{name}”: their results could not be told apart."
            )
        return all(valid) and not self.head.errors

    @property
    def checked_forms(self) -> list[forms.Form]:
        return [self.head, *self.criteria]

    def faults(self) -> list[str]:
        """What is wrong, each with its place in the JSON."""
        places = {"schema": "data_source_config.item_schema", "source": "data_source_config.type"}
        places["filter"] = "data_source_config.metadata"
        found = faults_of(self.head.errors, lambda field: places.get(field, field))
        for number, one in enumerate(self.criteria):
            base = f"testing_criteria[{number}]"
            rows = faults_of(one.errors, one.place)
            found += [f"{base}.{fault}".replace(f"{base}.json: ", f"{base}: ") for fault in rows]
        return found


def faults_of(errors: Mapping[str, Any], place: Callable[[str], str]) -> list[str]:
    return [
        f"{place(field)}: {text}" if field != "__all__" else str(text)
        for field, texts in errors.items()
        for text in texts
    ]


def again(kind: Any, data: QueryDict, prefix: str, *, is_bound: bool) -> Any:
    if is_bound:
        return kind(data, prefix=prefix or None)
    start = f"{prefix}-" if prefix else ""
    values = {name: data.get(f"{start}{name}", "") for name in kind.base_fields}
    return kind(initial=values, prefix=prefix or None)


def check_shape(body: Mapping[str, Any]) -> None:
    """Raises ValidationError with the place where the JSON is not that of an eval."""
    for name in body:
        if name not in MEMBERS:
            raise ValidationError(f"{name}: an eval has no such member; it has {', '.join(sorted(MEMBERS))}.")
    if not isinstance(body.get("data_source_config"), dict):
        raise ValidationError("data_source_config: this has to be an object with a type.")
    rows = body.get("testing_criteria")
    if not isinstance(rows, list):
        raise ValidationError("testing_criteria: this has to be a list.")
    for number, one in enumerate(rows):
        if not isinstance(one, dict):
            raise ValidationError(f"testing_criteria[{number}]: this has to be an object.")
    if len(rows) > MOST:
        raise ValidationError(f"testing_criteria: there can be {MOST} criteria at most.")


def head_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """All but the criteria, without members that say nothing."""
    config = dict(body["data_source_config"])
    for name in ("metadata", "include_sample_schema"):
        if not config.get(name):
            config.pop(name, None)
    metadata = {"metadata": body["metadata"]} if body.get("metadata") else {}
    return {"name": body.get("name") or "", **metadata, "data_source_config": config}


class JsonForm(KeyedForm):
    """An eval as JSON, for those who know it by heart."""

    body = area("Eval", 24, "What is sent, as the API takes it.")

    def clean_body(self) -> dict[str, Any]:
        return read(self.cleaned_data["body"])

    def faults(self) -> list[str]:
        """What is wrong with it beyond its shape. Only after `is_valid`."""
        body = self.cleaned_data["body"]
        check_shape(body)
        try:
            draft = Draft.of(body, is_bound=True)
        except ValidationError:  # more than the fields can hold: the resource will say
            return []
        return [] if draft.is_valid() else draft.faults()


def read(text: str) -> dict[str, Any]:
    """The JSON object that a text is. Raises ValidationError with the line and the column."""
    try:
        body = value_of(text)
    except json.JSONDecodeError as error:
        raise ValidationError(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except ValueError as error:
        raise ValidationError(f"This is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise ValidationError("Line 1: this has to be an object, in braces.")
    return body


def body_of(one: Eval) -> dict[str, Any]:
    """The JSON that makes another eval like this one."""
    config = dict(parse.mapping(one.raw.get("data_source_config")))
    schema = parse.mapping(config.pop("schema", None))
    if config.get("type") == "custom":
        properties = parse.mapping(schema.get("properties"))
        config["item_schema"] = dict(parse.mapping(properties.get("item"))) or SCHEMA
        config |= {"include_sample_schema": True} if "sample" in properties else {}
    elif not config.get("metadata"):
        config.pop("metadata", None)
    own = {name: value for name, value in one.metadata.items() if name != MARKER}
    told = {"name": f"{one.name} (copy)"[:256], **({"metadata": own} if own else {})}
    return {**told, "data_source_config": config, "testing_criteria": [dict(each) for each in one.criteria]}
