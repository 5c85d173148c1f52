"""Models: base models and finished fine-tunes of a resource. They are not its deployments.

The v1 specification gives `id, object, created, owned_by`; the dated route of 2024-10-21 adds status,
capabilities, lifecycle and deprecation, which are read when they are there.
"""

from dataclasses import dataclass
from datetime import date, datetime

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Target, model_segment
from console.v1.families import Family, base_of, family, plain_name, reasons

__all__ = [
    "Family",
    "Model",
    "delete_model",
    "family",
    "get_model",
    "list_models",
    "parse_model",
    "plain_name",
    "reasons",
]


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `retires` is the day after which it answers no more, `fine_tune_retires` its training's last
    day.
    """

    id: str
    name: str
    version: str
    family: str
    maker: str
    modality: str
    created: datetime | None
    updated: datetime | None
    owned_by: str
    status: str
    lifecycle: str
    capabilities: frozenset[str]
    retires: date | None
    fine_tune_retires: date | None
    base_model: str
    raw: parse.Json

    @property
    def is_fine_tuned(self) -> bool:
        return bool(self.base_model)


def list_models(client: Client) -> list[Model]:
    """Every model of the resource, as the service orders them; the list has one page on Azure."""
    return [parse_model(each) for each in client.page("/models") if isinstance(each.get("id"), str)]


def get_model(client: Client, name: str) -> Model:
    """One model by its id."""
    return parse_model(client.get(f"/models/{model_segment(name)}").json())


def delete_model(client: Client, name: str) -> bool:
    """Delete a fine-tuned model; False when it was gone already."""
    return client.delete(
        f"/models/{model_segment(name)}", action="model.deleted", target=Target("model", name)
    )


def parse_model(value: object) -> Model:
    """A model object as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a model: it has no id.")
    base_model = base_of(identifier) or (parse.text(raw.get("model")) if raw.get("fine_tune") else "")
    name, version = plain_name(identifier)
    kin = family(base_model or identifier)
    return Model(
        id=identifier,
        name=name,
        version=version,
        family=kin.name,
        maker=kin.maker,
        modality=kin.modality,
        created=parse.time(raw.get("created")) or parse.time(raw.get("created_at")),
        updated=parse.time(raw.get("updated_at")),
        owned_by=parse.text(raw.get("owned_by")),
        status=parse.text(raw.get("status")),
        lifecycle=parse.text(raw.get("lifecycle_status")),
        capabilities=frozenset(parse.enabled(raw.get("capabilities"))),
        retires=parse.day(parse.path(raw, "deprecation", "inference")),
        fine_tune_retires=parse.day(parse.path(raw, "deprecation", "fine_tune")),
        base_model=base_model,
        raw=raw,
    )
