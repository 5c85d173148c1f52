"""Rules for the data of evals: `{"item": {...}, "sample": {...}}` in each line.

Source: EvalJsonlFileContentSource and CreateEvalCustomDataSourceConfig in the Azure v1 specification of 2026-01-28.
"""

from collections.abc import Iterator
from typing import Any

from .edits import Wrap
from .fine_tuning import unknown_keys
from .keys import SameKeys
from .problems import Finding, shown
from .purposes import Expected
from .schema import misfit, schema_fault

KEYS = frozenset({"item", "sample"})


class Evals:
    """Items with the same fields, which fit the eval's schema if one is given; ValueError when it is none."""

    def __init__(self, expected: Expected) -> None:
        self._schema = None if expected.item_schema is None else dict(expected.item_schema)
        fault = None if self._schema is None else schema_fault(self._schema)
        if fault is not None:
            raise ValueError(f"The schema of the items is not valid: {fault[1]}.")
        self._fields = SameKeys()

    def look(self, number: int, value: dict[str, Any]) -> Iterator[Finding]:
        if not KEYS & value.keys():
            yield Finding("item_missing", fix=Wrap("item"))
            yield from self._item(number, value, is_wrapped=False)
            return
        yield from unknown_keys(value, KEYS)
        item = value.get("item")
        if "item" not in value:
            yield Finding("item_missing")
        elif isinstance(item, dict):
            yield from self._item(number, item, is_wrapped=True)
        else:
            yield Finding("item_invalid", ("item",), details={"value": shown(item)})
        sample = value.get("sample")
        if sample is not None and not isinstance(sample, dict):
            yield Finding("sample_invalid", ("sample",), details={"value": shown(sample)})

    def _item(self, number: int, item: dict[str, Any], *, is_wrapped: bool) -> Iterator[Finding]:
        path = ("item",) if is_wrapped else ()
        yield from self._fields.look(number, item, path)
        fault = misfit(item, self._schema, path) if self._schema is not None else None
        if fault is not None:
            yield Finding("item_schema_mismatch", fault[0], details={"fault": fault[1]})
