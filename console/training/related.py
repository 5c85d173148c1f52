"""What a job is about and what came of it, as the index of its connection knows it."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from console.models import Connection, Item
from console.v1.families import base_of, plain_name

OFFERED = 200
MOST_PANES = 6


def named_files(job: Item, ids: Iterable[str]) -> dict[str, Item]:
    """The files of these ids that the index knows, by their ids."""
    rows = Item.objects.filter(connection=job.connection_id, kind="file", remote_id__in=list(ids))
    return {one.remote_id: one for one in rows.defer("raw")}


def tunable_models(connection: Connection) -> list[Item]:
    """The models of a connection that say they can be tuned."""
    rows = Item.objects.present().filter(connection=connection, kind="model").labelled("capability:fine-tune")
    return list(rows.order_by("name").defer("raw")[:OFFERED])


def training_files(connection: Connection) -> list[Item]:
    """The newest files of a connection that were uploaded to train on."""
    rows = Item.objects.present().filter(connection=connection, kind="file").labelled("purpose:fine-tune")
    return list(rows.order_by("-remote_created_at").defer("raw")[:OFFERED])


def files_by_id(connection: Connection, ids: Iterable[str]) -> list[Item]:
    """The files of these ids that are there, as the index knows."""
    rows = Item.objects.present().filter(connection=connection, kind="file", remote_id__in=list(ids))
    return list(rows.defer("raw").select_related("connection__workspace"))


def deployments_of(connection: Connection, models: Iterable[str]) -> dict[str, str]:
    """The name under which each model is deployed, for those that are.

    Some lists of deployments tell a base model without its version; a deployment of exactly the version counts more.
    """
    wanted = {model: {model, model if base_of(model) else plain_name(model)[0]} for model in models}
    names = set().union(*wanted.values())
    rows = Item.objects.present().filter(
        connection=connection, kind="deployment", refs__kind="model", refs__remote_id__in=names
    )
    found = dict(rows.order_by("-remote_id").values_list("refs__remote_id", "remote_id"))
    known = {model: found.get(model) or found.get(min(alike, key=len)) for model, alike in wanted.items()}
    return {model: name for model, name in known.items() if name}


def job_of(connection: Connection, model: str) -> Item | None:
    """The job that made a model, as the index knows."""
    rows = Item.objects.filter(
        connection=connection, kind="fine_tuning_job", refs__kind="model", refs__remote_id=model
    )
    return rows.defer("raw").first()


def playground_url(connection: Connection, models: Iterable[str]) -> str:
    """The playground with a pane for each model, by its deployment where it has one; "" without models."""
    wanted = list(dict.fromkeys(one for one in models if one))[:MOST_PANES]
    names = deployments_of(connection, wanted)
    panes = [
        pair
        for model in wanted
        for pair in (("connection", connection.slug), ("model", names.get(model, model)))
    ]
    return f"{reverse('playground')}?{urlencode(panes)}" if panes else ""
