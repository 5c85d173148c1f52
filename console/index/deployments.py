"""Reads the deployments of a resource: from the management plane if it may, else from the old list.

`GET /models` does not list them: its ids are the catalogue's, and a call names a deployment.
"""

from collections.abc import Iterable

from console.arm import accounts, catalogue
from console.arm.client import ArmClient
from console.arm.deployments import Deployment
from console.arm.deployments import list_deployments as list_managed
from console.index.models import KIND as MODEL
from console.index.naming import capability_labels, model_ids
from console.index.reading import NotOffered, Reading, batches
from console.models import Connection, Item, Sync, audit
from console.models.item import REMEMBERED
from console.models.seen import Seen, label
from console.outbound.errors import AuthFailed, Forbidden, NotFound, UpstreamError
from console.v1.deployments import NamedDeployment
from console.v1.deployments import list_deployments as list_named
from console.v1.families import family, plain_name

KIND = "deployment"
KEY_ONLY = (
    "With an API key Azure does not list deployments here. "
    "Type their names in the playground, or connect with Microsoft Entra ID."
)
UNSEEN = (
    "The identity of this connection does not see the resource in Azure Resource Manager. "
    "Give it the role Reader on the resource, or type deployment names in the playground."
)


def has_deployments(connection: Connection) -> bool:
    """Whether calls name deployments; elsewhere they name the models themselves."""
    return connection.kind in {Connection.Kind.AZURE, Connection.Kind.SIMULATOR}


def read(connection: Connection, after: str) -> Reading:
    """Both listings come whole, so that there is nothing to go on with. Raises NotOffered."""
    del after
    arm = connection.arm()
    managed = from_arm(connection, arm) if arm else None
    return managed or from_list(connection, UNSEEN if arm else KEY_ONLY)


def from_arm(connection: Connection, arm: ArmClient) -> Reading | None:
    """The deployments as the management plane tells them; None where the identity does not see them."""
    try:
        account_id = connection.account_id or learn_account(connection, arm)
        found = list_managed(arm, account_id) if account_id else None
    except NotFound:
        Connection.objects.filter(pk=connection.pk).update(account_id="")
        return None
    except (AuthFailed, Forbidden):
        return None
    except UpstreamError:
        # A management plane that never answered is no reason to do without the old list.
        if connection.account_id:
            raise
        return None
    if found is None:
        return None
    versions = catalogue_of(arm, account_id)
    return Reading("arm", batches(managed_deployment(one, versions) for one in found))


def learn_account(connection: Connection, arm: ArmClient) -> str:
    """Find the resource among those that the identity sees, and keep its ARM id and region."""
    endpoint = connection.endpoint
    account = accounts.find(arm, endpoint.host, base_path=endpoint.base_path, port=endpoint.port)
    if account is None:
        return ""
    connection.account_id = account.id[:400]
    connection.region = connection.region or account.location[:60]
    Connection.objects.filter(pk=connection.pk, version=connection.version).update(
        account_id=connection.account_id, region=connection.region
    )
    return connection.account_id


def catalogue_of(arm: ArmClient, account_id: str) -> list[catalogue.CatalogueModel]:
    """The catalogue tells when deployments retire; without it they are listed all the same."""
    try:
        return catalogue.list_models(arm, account_id)
    except UpstreamError:
        return []


def managed_deployment(one: Deployment, versions: Iterable[catalogue.CatalogueModel]) -> Seen:
    facts = {"model": one.model_name, "sku": one.sku, "upgrade": one.upgrade_option, "policy": one.rai_policy}
    labels = {label(name, value) for name, value in facts.items() if value}
    retirement = catalogue.retirement(one, versions)
    return Seen(
        remote_id=one.name,
        name=one.name,
        raw=one.raw,
        status=one.state.lower(),
        family=one.family,
        labels=frozenset(labels | capability_labels(one.capabilities, family(one.model_name))),
        refs=frozenset((MODEL, model_id) for model_id in model_ids(one.model_name, one.model_version)),
        size=one.capacity,
        retires_on=retirement.day if retirement else None,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )


def from_list(connection: Connection, reason: str) -> Reading:
    """The deployments as the data plane names them, without version, sku and capacity."""
    with connection.client(audit.Actor()) as client:
        found = list_named(client)
    if found is None:
        raise NotOffered(reason)
    known = versions_known(connection)
    return Reading("list", batches(named_deployment(one, known) for one in found))


def versions_known(connection: Connection) -> dict[str, list[Item]]:
    """The models of the connection by their plain names, to guess which version a deployment has."""
    known: dict[str, list[Item]] = {}
    for item in Item.objects.present().filter(connection=connection, kind=MODEL).defer("raw"):
        known.setdefault(plain_name(item.remote_id)[0].lower(), []).append(item)
    return known


def named_deployment(one: NamedDeployment, known: dict[str, list[Item]]) -> Seen:
    """It retires with its model where the index has exactly that, or one version of it; else nobody can tell."""
    versions = known.get(plain_name(one.model)[0].lower(), [])
    exact = [item for item in versions if item.remote_id.lower() == one.model.lower()]
    version = exact[0] if exact else versions[0] if len(versions) == 1 else None
    labels = capability_labels((), family(one.model or one.name))
    labels |= {label("model", one.model)} if one.model else set()
    return Seen(
        remote_id=one.name,
        name=one.name,
        raw=one.raw,
        status=one.status.lower(),
        family=one.family,
        labels=frozenset(labels),
        refs=frozenset({(MODEL, version.remote_id if version else one.model)}) if one.model else frozenset(),
        retires_on=version.retires_on if version else None,
        created_at=one.created,
        updated_at=one.updated,
    )


def deployment_of(connection: Connection, served_model: str) -> str:
    """A deployment that answers as this model, by what an answer calls itself; "" where the index knows of none.

    One for batches alone answers nothing else.
    """
    rows = Item.objects.present().filter(connection=connection, kind=KIND).order_by("name")
    found = rows.labelled(label("model", plain_name(served_model)[0]))
    return next((one.name for one in found if "batch" not in " ".join(one.values("sku")).lower()), "")


def remember_deployment(connection: Connection, name: str, served_model: str = "") -> None:
    """Keep a deployment that somebody typed and that answered; a listing that tells of it takes over.

    `served_model` is the model that the answer named. Where calls name models there is nothing to remember.
    """
    known = Item.objects.present().filter(connection=connection, kind=KIND, remote_id=name).first()
    is_news = known is None or (REMEMBERED in known.label_set and known.raw.get("model") != served_model)
    if not has_deployments(connection) or not is_news:
        return
    kin = family(served_model or name)
    labels = capability_labels((), kin) | {REMEMBERED}
    labels |= {label("model", plain_name(served_model)[0])} if served_model else set()
    one = Seen(
        remote_id=name,
        name=name,
        raw={"id": name, "object": "deployment", "model": served_model},
        family=kin.name,
        labels=frozenset(labels),
        refs=frozenset({(MODEL, served_model)}) if served_model else frozenset(),
    )
    Item.objects.take_in(connection.pk, KIND, [one])
    tally = Item.objects.tally(connection.pk, KIND)
    sync = Sync.objects.get_or_create(connection=connection, kind=KIND)[0]
    Sync.objects.filter(pk=sync.pk).update(**tally)
