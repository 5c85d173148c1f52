"""Whether a reader may follow a comparison: who asks, by the session cookie, and whether they may still see
it.

The check is the one that every view makes. A turn that was just asked for in this process admits the
session that
asked, for a few seconds, so that its stream begins without waiting for the database; the check follows at
once.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from console import access
from console.models import Answer
from console.playground.ledger import own_connection

ADMITTED_SECONDS = 10.0
ADMITTED_LIMIT = 2000
_admitted: dict[tuple[str, uuid.UUID], tuple[float, list[uuid.UUID]]] = {}


@dataclass(frozen=True)
class Row:
    """What the database knows of an answer; `outcome` is None while it is being written."""

    answer_id: uuid.UUID
    columns: dict[str, Any]
    outcome: dict[str, Any] | None


def admit(session_key: str | None, comparison_id: uuid.UUID, answer_ids: Sequence[uuid.UUID]) -> None:
    """Let the session that asked for a turn begin to read it."""
    if session_key:
        if len(_admitted) > ADMITTED_LIMIT:
            _admitted.clear()
        _admitted[session_key, comparison_id] = (time.monotonic() + ADMITTED_SECONDS, list(answer_ids))


def admitted(session_key: str, comparison_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the answers that the session has just asked for, [] if it has not; good once."""
    until, answer_ids = _admitted.pop((session_key, comparison_id), (0.0, []))
    return answer_ids if time.monotonic() < until else []


def session_key(headers: Sequence[tuple[bytes, bytes]]) -> str:
    cookies: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                continue
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def open_for(session: str, comparison_id: uuid.UUID) -> list[Row]:
    """Return the answers of the last turn; raises PermissionDenied (not signed in) and Http404 (not theirs
    to see).
    """
    with own_connection():
        comparison = checked(session, comparison_id)
        return [row(answer) for answer in comparison.latest_answers()]


def may_stay(session: str, comparison_id: uuid.UUID) -> bool:
    with own_connection():
        try:
            checked(session, comparison_id)
        except (Http404, PermissionDenied):
            return False
        return True


def rows(answer_ids: Sequence[uuid.UUID]) -> list[Row]:
    """Return how far answers are that another process writes; one that is gone counts as ended."""
    with own_connection():
        found = {answer.pk: row(answer) for answer in Answer.objects.filter(pk__in=answer_ids)}
    gone = {"text": "", "reasoning": "", "tools": "", "notices": []}
    return [
        found.get(one) or Row(one, gone, {"answer": str(one), "state": Answer.State.INTERRUPTED})
        for one in answer_ids
    ]


def checked(session: str, comparison_id: uuid.UUID) -> Any:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session or None)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise PermissionDenied("Sign in first.")
    return access.comparison_for(user, comparison_id, may="read")


def row(answer: Answer) -> Row:
    columns = {
        "text": answer.text,
        "reasoning": answer.reasoning,
        "tools": answer.tools,
        "notices": answer.notices,
    }
    return Row(answer.pk, columns, None if answer.is_running else answer.outcome)
