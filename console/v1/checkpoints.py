"""Checkpoints elsewhere: copying one to another resource (preview), and who may use one.

Shapes from the GA specification of 2026-01-28 (CopyModelRequest, FineTuningCheckpointPermission). A copied
checkpoint never shows in the list of its destination
(https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, model_segment, segment

COPY_STATUSES = frozenset({"in_progress", "completed", "failed"})


@dataclass(frozen=True, slots=True)
class Destination:
    """How far a copy to one resource is; `resource` is its ARM id. The wire says `InProgress`."""

    resource: str
    region: str
    status: str

    @property
    def name(self) -> str:
        """The last part of the ARM id."""
        return self.resource.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Copy:
    """The copies of one checkpoint; `model` is its name at the destinations."""

    model: str
    job: str
    destinations: tuple[Destination, ...]
    raw: parse.Json

    @property
    def has_ended(self) -> bool:
        return all(each.status in ("completed", "failed") for each in self.destinations)


@dataclass(frozen=True, slots=True)
class Permission:
    """A project that may use a checkpoint; a notion of OpenAI's organisations, rare on Azure."""

    id: str
    project: str
    created: datetime | None
    raw: parse.Json


def copy_body(*, resource: str, region: str) -> dict[str, str]:
    """The JSON that copies a checkpoint to the resource with this ARM id."""
    return {"destinationResourceId": resource, "region": region}


def copy(client: Client, job_id: str, checkpoint_id: str, body: Mapping[str, str]) -> Copy:
    """Copy a checkpoint to another resource; the copying goes on after the answer."""
    answer = client.change(
        "POST",
        _copy(job_id, checkpoint_id),
        action="checkpoint.copied",
        target=Target("checkpoint", checkpoint_id),
        json=dict(body),
    )
    return parse_copy(answer.json())


def get_copy(client: Client, job_id: str, checkpoint_id: str) -> Copy:
    """How far the copies of a checkpoint are; `not_found` when there are none."""
    return parse_copy(client.get(_copy(job_id, checkpoint_id)).json())


def permission_pages(
    client: Client,
    model: str,
    *,
    project: str | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[Permission]]:
    """Who may use a checkpoint, by its model's name; `order` is ascending or descending, not asc or desc."""
    params = {"project_id": project, "order": order, "limit": limit}
    return client.pages(_permissions(model), parse_permission, params=params, after=after)


def permit(client: Client, model: str, projects: Sequence[str]) -> tuple[Permission, ...]:
    """Let projects use a checkpoint."""
    answer = client.change(
        "POST",
        _permissions(model),
        action="checkpoint_permission.created",
        target=Target("checkpoint", model),
        json={"project_ids": list(projects)},
    )
    rows = parse.rows(parse.mapping(answer.json()).get("data"))
    return tuple(parse_permission(each) for each in rows if each.get("id"))


def forbid(client: Client, model: str, permission_id: str) -> bool:
    """Take a permission back; False when it was gone already."""
    return client.delete(
        f"{_permissions(model)}/{segment(permission_id)}",
        action="checkpoint_permission.deleted",
        target=Target("checkpoint", model, permission_id),
    )


def parse_copy(value: object) -> Copy:
    """The copies of a checkpoint; `ProtocolError` when the answer tells of none."""
    raw = parse.mapping(value)
    if "copiedAccountDetails" not in raw and "checkpointedModelName" not in raw:
        raise ProtocolError("The answer does not tell of a copy of a checkpoint.")
    return Copy(
        model=parse.text(raw.get("checkpointedModelName")),
        job=parse.text(raw.get("fineTuningJobId")),
        destinations=tuple(_destination(each) for each in parse.rows(raw.get("copiedAccountDetails"))),
        raw=raw,
    )


def parse_permission(value: object) -> Permission:
    """A permission as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a permission: it has no id.")
    return Permission(identifier, parse.text(raw.get("project_id")), parse.time(raw.get("created_at")), raw)


def _destination(raw: parse.Json) -> Destination:
    return Destination(
        resource=parse.text(raw.get("destinationResourceId")),
        region=parse.text(raw.get("region")),
        status=parse.state(raw.get("status"), COPY_STATUSES),
    )


def _copy(job_id: str, checkpoint_id: str) -> str:
    return f"/fine_tuning/jobs/{segment(job_id)}/checkpoints/{segment(checkpoint_id)}/copy"


def _permissions(model: str) -> str:
    return f"/fine_tuning/checkpoints/{model_segment(model)}/permissions"
