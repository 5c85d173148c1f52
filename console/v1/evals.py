"""Evals: what is judged, and by which criteria. Their runs live in `eval_runs`.

Shapes from the GA specification of 2026-01-28 (createEval, listEvals). It asks for a member `statusCode` in
the body of a create, which is a slip of its generator: no server and no client knows it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment

CRITERIA = ("string_check", "text_similarity", "label_model", "score_model", "python", "endpoint")
SOURCES = ("custom", "logs", "stored_completions")


@dataclass(frozen=True, slots=True)
class Eval:
    """One eval. `source` is the type of its data; `schema` describes an item of it; `criteria` are graders."""

    id: str
    name: str
    source: str
    schema: parse.Json
    criteria: tuple[parse.Json, ...]
    metadata: Mapping[str, str]
    created: datetime | None
    raw: parse.Json


def body(
    *,
    name: str | None = None,
    data_source_config: Mapping[str, Any],
    testing_criteria: Sequence[Mapping[str, Any]],
    metadata: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON body of a new eval: only what was set is in it."""
    return parse.present(
        {
            "name": name,
            "data_source_config": dict(data_source_config),
            "testing_criteria": [dict(each) for each in testing_criteria],
            "metadata": metadata,
        }
    )


def pages(
    client: Client,
    *,
    order: str | None = None,
    order_by: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[Eval]]:
    """The evals of a resource page by page; `order` is asc or desc by created_at or updated_at."""
    params = {"order": order, "order_by": order_by, "limit": limit}
    return client.pages("/evals", parse_eval, params=params, after=after)


def get(client: Client, eval_id: str) -> Eval:
    """One eval by its id."""
    return parse_eval(client.get(_path(eval_id)).json())


def create(client: Client, body: Mapping[str, Any]) -> Eval:
    """Make an eval; it costs nothing before it is run."""
    answer = client.change(
        "POST",
        "/evals",
        action="eval.created",
        target=Target("eval", label=parse.text(body.get("name"))),
        json=dict(body),
    )
    return parse_eval(answer.json())


def changes(*, name: str | None = None, metadata: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON that renames an eval or replaces its metadata; its criteria can never be changed."""
    return parse.present({"name": name, "metadata": metadata})


def update(client: Client, eval_id: str, changes: Mapping[str, Any], *, label: str = "") -> Eval:
    """Change an eval."""
    answer = client.change(
        "POST",
        _path(eval_id),
        action="eval.updated",
        target=Target("eval", eval_id, label),
        json=dict(changes),
    )
    return parse_eval(answer.json())


def delete(client: Client, eval_id: str, *, label: str = "") -> bool:
    """Delete an eval; False when it was gone already."""
    return client.delete(_path(eval_id), action="eval.deleted", target=Target("eval", eval_id, label))


def parse_eval(value: object) -> Eval:
    """An eval as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not an eval: it has no id.")
    config = parse.mapping(raw.get("data_source_config"))
    return Eval(
        id=identifier,
        name=parse.text(raw.get("name")),
        source=parse.text(config.get("type")),
        schema=parse.mapping(config.get("schema")) or parse.mapping(config.get("item_schema")),
        criteria=tuple(parse.rows(raw.get("testing_criteria"))),
        metadata=parse.pairs(raw.get("metadata")),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def _path(eval_id: str) -> str:
    return f"/evals/{segment(eval_id)}"
