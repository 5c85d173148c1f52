"""Who may do what; the only way in which a view or a task gets a connection or an object of a workspace.

What a person cannot see does not exist for them (404); what they see but may not do is refused (403).
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from console.models import (
    Answer,
    AuditEvent,
    Comparison,
    Connection,
    Item,
    Job,
    Membership,
    Role,
    Selection,
    Upload,
    User,
    Workspace,
)
from console.models.audit import Target
from console.models.audit_timeline import Line, folded
from console.models.comparison import ComparisonQuerySet
from console.models.connection import ConnectionQuerySet
from console.models.item import ItemQuerySet
from console.models.job import JobQuerySet
from console.models.upload import UploadQuerySet

VERBS: dict[str, frozenset[str]] = {
    Role.READER: frozenset({"read"}),
    Role.OPERATOR: frozenset({"read", "operate"}),
    Role.MANAGER: frozenset({"read", "operate", "manage"}),
    Role.ADMIN: frozenset({"read", "operate", "manage", "admin", "audit"}),
    Role.AUDITOR: frozenset({"read", "audit"}),
}


def memberships(user: Any) -> Iterable[Membership]:
    """Return the user's memberships, read once a request."""
    if not user.is_authenticated or not user.is_active:
        return []
    if not hasattr(user, "_memberships"):
        user._memberships = list(user.memberships.select_related("workspace"))
    found: list[Membership] = user._memberships
    return found


def verbs(user: Any, workspace_id: int | None = None) -> frozenset[str]:
    """Return what the user may do in a workspace, or in any when none is named."""
    granted = [VERBS[one.role] for one in memberships(user) if workspace_id in (None, one.workspace_id)]
    return frozenset().union(*granted)


def may(user: Any, verb: str) -> bool:
    return verb in verbs(user)


def require(user: Any, verb: str) -> None:
    """Raise PermissionDenied unless the user may `verb` somewhere; pages that belong to no object use it."""
    if not may(user, verb):
        raise PermissionDenied(f"Your role does not allow you to {verb}.")


def workspace_for(user: Any, *, may: str) -> Workspace:
    """Return the workspace in which the user acts: the first in which it may `may`."""
    for one in memberships(user):
        if may in VERBS[one.role]:
            return one.workspace
    raise PermissionDenied(f"Your role does not allow you to {may}.")


def workspaces(user: Any, verb: str = "read") -> list[int]:
    return [one.workspace_id for one in memberships(user) if verb in VERBS[one.role]]


def connections_for(user: Any, *, may: str = "read") -> ConnectionQuerySet:
    return Connection.objects.filter(workspace__in=workspaces(user, may)).select_related("secret")


def without(user: Any, route: str) -> list[Connection]:
    """Return the connections that do not offer a route of the API, as its last probe found."""
    refused = {"probes__route": route, "probes__result": "not_offered"}
    return list(connections_for(user).filter(**refused).order_by("name"))


class UnknownItem(Http404):
    """An object that the index does not know, of a connection that the user sees."""

    def __init__(self, connection: Connection, kind: str, remote_id: str) -> None:
        super().__init__(f"No such {kind}.")
        self.connection, self.kind, self.remote_id = connection, kind, remote_id


def connection_for(user: Any, slug: str, *, may: str) -> Connection:
    connection = connections_for(user).filter(slug=slug).first()
    if connection is None:
        raise Http404("No such connection.")
    check(user, connection.workspace_id, may)
    return connection


def items_for(user: Any, kind: str) -> ItemQuerySet:
    return Item.objects.filter(kind=kind, connection__in=connections_for(user)).select_related("connection")


def items_of_kinds(user: Any, kinds: Sequence[str]) -> ItemQuerySet:
    """Return the objects of several kinds."""
    rows = Item.objects.filter(kind__in=kinds, connection__in=connections_for(user))
    return rows.select_related("connection")


def items_by_key(user: Any, kind: str, keys: Iterable[int], *, may: str) -> list[Item]:
    """Return the present items of these primary keys that the user may `may`, in the order of their names."""
    rows = Item.objects.present().filter(kind=kind, pk__in=list(keys))
    rows = rows.filter(connection__in=connections_for(user, may=may))
    return list(rows.select_related("connection__workspace").order_by("name", "pk"))


def selection_for(user: Any, selection_id: str, *, page: str) -> Selection:
    """Return what the user selected for a page; it is there for nobody else."""
    try:
        return Selection.objects.get(pk=uuid.UUID(selection_id), owner=user.pk, page=page)
    except (ValueError, Selection.DoesNotExist):
        raise Http404("No such selection. It stays for a day.") from None


def item_for(user: Any, slug: str, kind: str, remote_id: str, *, may: str) -> Item:
    connection = connection_for(user, slug, may=may)
    item = Item.objects.filter(connection=connection, kind=kind, remote_id=remote_id).first()
    if item is None:
        raise UnknownItem(connection, kind, remote_id)
    item.connection = connection
    return item


def jobs_for(user: Any) -> JobQuerySet:
    return Job.objects.filter(workspace__in=workspaces(user)).select_related("connection", "created_by")


def job_for(user: Any, job_id: uuid.UUID | str, *, may: str) -> Job:
    job = jobs_for(user).filter(pk=job_id).first()
    if job is None:
        raise Http404("No such job.")
    check(user, job.workspace_id, may)
    return job


def last_job(user: Any, kind: str, *, url: str) -> Job | None:
    """Return the newest job of a kind about a page, if there was one."""
    return jobs_for(user).filter(kind=kind, url=url).first()


def job_of_form(user: Any, key: str) -> Job | None:
    """Return the job that a form with this key has started, if the user sent it before."""
    return jobs_for(user).filter(idempotency_key=f"{user.pk}:{key}").first()


def uploads_for(user: Any) -> UploadQuerySet:
    """Return the user's own uploads, newest first."""
    found = Upload.objects.filter(workspace__in=workspaces(user, "operate"), owner=user.pk)
    return found.select_related("connection", "job")


def upload_for(user: Any, upload_id: uuid.UUID | str, *, may: str) -> Upload:
    rows = Upload.objects.filter(workspace__in=workspaces(user)).select_related(
        "connection", "job", "workspace"
    )
    upload = rows.filter(pk=upload_id).first()
    if upload is None:
        raise Http404("No such upload.")
    check(user, upload.workspace_id, may)
    return upload


def upload_behind(user: Any, file: Item) -> Upload | None:
    """Return the upload through this console that made a file, while it is remembered."""
    rows = Upload.objects.filter(workspace__in=workspaces(user))
    return rows.filter(connection=file.connection_id, file_id=file.remote_id).first()


def comparisons_for(user: Any) -> ComparisonQuerySet:
    return Comparison.objects.filter(workspace__in=workspaces(user)).select_related("owner")


def comparison_for(user: Any, comparison_id: uuid.UUID | str, *, may: str) -> Comparison:
    comparison = comparisons_for(user).filter(pk=comparison_id).first()
    if comparison is None:
        raise Http404("No such comparison.")
    check(user, comparison.workspace_id, may)
    return comparison


def comparison_behind(user: Any, comparison_id: str) -> Comparison | None:
    """Return the comparison that an object came from, if it is still there for the user."""
    return comparisons_for(user).filter(pk=uuid.UUID(comparison_id)).first() if comparison_id else None


def answer_for(user: Any, answer_id: uuid.UUID | str, *, may: str) -> Answer:
    answers = Answer.objects.filter(turn__comparison__workspace__in=workspaces(user))
    answer = answers.select_related("turn__comparison", "connection").filter(pk=answer_id).first()
    if answer is None:
        raise Http404("No such answer.")
    check(user, answer.turn.comparison.workspace_id, may)
    return answer


def person_for(user: Any, person_id: int, *, may: str) -> User:
    """Return an account; only those who may `may` see that there are any."""
    require(user, may)
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404("No such account.")
    return person


def people_for(user: Any) -> QuerySet[User]:
    """Return all accounts, by name, with their roles."""
    require(user, "admin")
    return User.objects.order_by("username").prefetch_related("memberships__workspace")


def history_for(user: Any, target: Target, *, limit: int = 20) -> list[Line]:
    """Return what was done to an object, newest first; who was refused is for auditors alone."""
    events = AuditEvent.objects.timeline().about(target.type, target.id)
    if not may(user, "audit"):
        events = events.exclude(outcome="denied")
    return folded(events[:limit])


def activity_for(user: Any, *, limit: int = 8) -> list[Line]:
    """Return what happened lately, newest first: everything for auditors, their own doings for others."""
    events = AuditEvent.objects.timeline()
    return folded((events if may(user, "audit") else events.by(str(user.pk)))[:limit])


def check(user: Any, workspace_id: int, verb: str) -> None:
    if verb not in verbs(user, workspace_id):
        raise PermissionDenied(f"Your role does not allow you to {verb} here.")
