"""Reads the models of a resource: base models and finished fine-tunes, and what the catalogue adds."""

from collections.abc import Iterable

from console.arm.catalogue import CatalogueModel, list_models
from console.index.naming import capability_labels, lifecycle, model_ids
from console.index.reading import Reading, batches
from console.models import Connection, audit
from console.models.seen import Seen, label
from console.outbound.errors import UpstreamError
from console.v1 import models
from console.v1.families import family

KIND = "model"
Catalogue = dict[str, CatalogueModel]


def read(connection: Connection, after: str) -> Reading:
    """The whole list, which is one page on every provider, so that there is nothing to go on with."""
    del after
    with connection.client(audit.Actor()) as client:
        found = models.list_models(client)
    catalogue = {} if all(one.lifecycle for one in found) else catalogue_of(connection)
    return Reading("models", batches(seen(one, catalogue.get(one.id)) for one in found))


def catalogue_of(connection: Connection) -> Catalogue:
    """What the management plane knows of the models, by their ids; nothing where it cannot be asked."""
    if not connection.account_id:
        return {}
    try:
        arm = connection.arm()
        return by_id(list_models(arm, connection.account_id)) if arm else {}
    except UpstreamError:
        return {}


def by_id(found: Iterable[CatalogueModel]) -> Catalogue:
    """The default version wins where two versions share an id."""
    ordered = sorted(found, key=lambda one: one.is_default)
    return {model_id: one for one in ordered for model_id in model_ids(one.name, one.version)}


def seen(one: models.Model, more: CatalogueModel | None) -> Seen:
    """What the resource itself says comes first; `catalogue` in the JSON holds what was added to it."""
    kin = family(one.base_model or one.id)
    labels = capability_labels(one.capabilities or (more.capabilities if more else ()), kin)
    labels |= {label("maker", one.maker)} if one.maker else set()
    labels |= {label("origin", "fine-tuned")} if one.is_fine_tuned else set()
    raw = dict(one.raw) | ({"catalogue": dict(more.raw)} if more else {})
    return Seen(
        remote_id=one.id,
        name=one.id,
        raw=raw,
        status=lifecycle(one.lifecycle or (more.lifecycle if more else "")),
        family=one.family,
        labels=frozenset(labels),
        retires_on=one.retires or (more.retires if more else None),
        created_at=one.created,
        updated_at=one.updated,
    )
