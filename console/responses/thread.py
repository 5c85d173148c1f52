"""A chain of responses: back by what each one followed, forward by what the index knows to have followed it."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from console.index import responses as index
from console.index.responses import KIND
from console.models import Item
from console.outbound.errors import NotFound
from console.responses.opening import read_response
from console.v1 import parse
from console.v1.client import Client
from console.v1.responses import UNDER_WAY

MOST = 50
"""As many responses are shown on each side."""

READS = 10
"""As many that the index does not know are asked for."""


@dataclass(frozen=True)
class Thread:
    """`before` and `after` a response, the oldest first; `missing` is an earlier one that is not there any more.

    `is_cut`: there is more before than is shown.
    """

    before: list[Item]
    item: Item
    after: list[Item]
    missing: str = ""
    is_cut: bool = False

    @property
    def all(self) -> list[Item]:
        return [*self.before, self.item, *self.after]


def previous_of(item: Item) -> str:
    return parse.text(item.raw.get("previous_response_id"))


def has_thread(item: Item) -> bool:
    """Whether a response is one of several, as far as the index knows."""
    return bool(previous_of(item)) or bool(followers([item]))


def thread(item: Item, user: Any) -> Thread:
    """The thread of a response. Raises an UpstreamError when an earlier one cannot be asked for."""
    found = [item]
    missing, reads = "", 0
    with item.connection.client(user) as client:
        while (wanted := previous_of(found[-1])) and len(found) <= MOST:
            before = known(item, wanted)
            if before is None and reads == READS:
                break
            if before is None:
                reads += 1
                before = read(client, item, wanted)
            if before is None or before in found:
                missing = "" if before else wanted
                break
            found.append(before)
        later = after(found)
        again(client, [*found[1:], *later])
    is_cut = len(found) > MOST or (reads == READS and bool(previous_of(found[-1])) and not missing)
    return Thread(found[:0:-1], item, later, missing, is_cut)


def known(item: Item, response_id: str) -> Item | None:
    rows = Item.objects.filter(connection=item.connection, kind=KIND, remote_id=response_id)
    return rows.select_related("connection").first()


def read(client: Client, item: Item, response_id: str) -> Item | None:
    """A response that the index did not know; None when the resource does not know it either."""
    try:
        return read_response(client, item.connection, response_id)
    except NotFound:
        return None


def again(client: Client, items: list[Item]) -> None:
    """Ask once more for those that were still under way."""
    for one in [one for one in items if one.status in UNDER_WAY][:READS]:
        with suppress(NotFound):
            index.look(client, one)
            one.refresh_from_db(fields=["raw", "status", "size", "seen_at"])


def after(known: list[Item]) -> list[Item]:
    """What followed the first of `known`, and what followed that: every branch, the oldest first.

    What was made within one second stays in the order in which it followed.
    """
    found: dict[int, Item] = {}
    seen = {one.pk for one in known}
    latest = known[:1]
    while latest and len(found) < MOST:
        latest = [one for one in followers(latest) if one.pk not in seen]
        found |= {one.pk: one for one in latest}
        seen |= set(found)
    return sorted(found.values(), key=lambda one: one.remote_created_at or one.first_seen_at)[:MOST]


def followers(items: list[Item]) -> list[Item]:
    using = Item.objects.uses_of(items, by=KIND)
    return [one for users in using.values() for one in users]
