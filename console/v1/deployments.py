"""The old data-plane list of deployments, for connections without rights on the management plane.

Only api-version 2023-03-15-preview and older ever described it; many resources still answer, none has to.
"""

from dataclasses import dataclass
from datetime import datetime

from console.outbound.errors import BadRequest, NotFound
from console.v1 import parse
from console.v1.client import Client
from console.v1.families import family

PATH = "/openai/deployments"
API_VERSION = "2023-03-15-preview"


@dataclass(frozen=True, slots=True)
class NamedDeployment:
    """A deployment as the data plane names it; `status` is Azure's word (succeeded, running, failed, …)."""

    name: str
    model: str
    family: str
    status: str
    scale_type: str
    owner: str
    created: datetime | None
    updated: datetime | None
    raw: parse.Json


def list_deployments(client: Client) -> list[NamedDeployment] | None:
    """The deployments of a resource by name; None when the resource does not offer the list."""
    try:
        answer = client.get_beside_v1(PATH, params={"api-version": API_VERSION})
    except (NotFound, BadRequest):
        return None
    listed = parse.mapping(answer.json()).get("data")
    return [_parse(each) for each in parse.rows(listed) if parse.text(each.get("id"))]


def _parse(raw: parse.Json) -> NamedDeployment:
    name, model = parse.text(raw.get("id")), parse.text(raw.get("model"))
    return NamedDeployment(
        name=name,
        model=model,
        family=family(model or name).name,
        status=parse.text(raw.get("status")),
        scale_type=parse.text(parse.path(raw, "scale_settings", "scale_type")),
        owner=parse.text(raw.get("owner")),
        created=parse.time(raw.get("created_at")),
        updated=parse.time(raw.get("updated_at")),
        raw=raw,
    )
