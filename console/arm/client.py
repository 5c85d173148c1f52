"""Reads of Azure Resource Manager: one object or a whole list, never beyond the management host.

api-version 2025-09-01 of Microsoft.CognitiveServices
(https://learn.microsoft.com/rest/api/aiservices/accountmanagement/); lists are `{value, nextLink}`.
"""

import re
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from console.outbound.auth import Auth
from console.outbound.endpoint import Endpoint, parse_base_url
from console.outbound.errors import BadRequest, BlockedByPolicy, ProtocolError
from console.outbound.limits import LIST, READ, CallClass
from console.outbound.transport import Answer, Door, get_door
from console.v1 import parse
from console.v1.paging import MAX_PAGES, IncompleteList

API_VERSION = "2025-09-01"
SUBSCRIPTIONS_API_VERSION = "2022-12-01"

_PATH = re.compile(r"(?:/[A-Za-z0-9._()~-]{1,260})+")


class ArmClient:
    """Reads the management plane with one identity. Also a context manager."""

    def __init__(self, arm_url: str, auth: Auth, door: Door | None = None) -> None:
        self.endpoint: Endpoint = parse_base_url(arm_url)
        self.auth = auth
        self._door = door or get_door()

    def get(
        self, path: str, *, params: Mapping[str, Any] | None = None, api_version: str = API_VERSION
    ) -> dict[str, Any]:
        """One object, by its path or its id; `ProtocolError` when the answer is none."""
        value = self._send(checked_path(path), {"api-version": api_version, **(params or {})}, READ).json()
        if not isinstance(value, dict):
            raise ProtocolError("The management plane did not answer with an object.")
        return value

    def rows(
        self, path: str, *, params: Mapping[str, Any] | None = None, api_version: str = API_VERSION
    ) -> Iterator[dict[str, Any]]:
        """Every object of a list, page after page.

        Raises `BlockedByPolicy` when a page names its next one on another host, and `IncompleteList` when the
        pages turn in a circle or do not end.
        """
        target, query = checked_path(path), {"api-version": api_version, **(params or {})}
        items: list[dict[str, Any]] = []
        links: set[str] = set()
        for _ in range(MAX_PAGES):
            page = self._page(target, query)
            for row in parse.rows(page["value"]):
                items.append(row)
                yield row
            link = parse.text(page.get("nextLink"))
            if not link:
                return
            if link in links:
                raise IncompleteList(
                    "The list turns in a circle: it names a page again.", items=items, after=link
                )
            links.add(link)
            target, query = self._within(link), {}
        raise IncompleteList(f"The list has more than {MAX_PAGES} pages.", items=items)

    def close(self) -> None:
        """Nothing is held open by a client: connections belong to the door."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _page(self, target: str, query: Mapping[str, Any]) -> parse.Json:
        page = parse.mapping(self._send(target, query, LIST).json())
        if not isinstance(page.get("value"), list):
            raise ProtocolError("The answer of the management plane is not a list: it has no `value`.")
        return page

    def _send(self, target: str, query: Mapping[str, Any], limits: CallClass) -> Answer:
        return self._door.request(
            "GET", self.endpoint.origin + target, auth=self.auth, params=query, limits=limits
        )

    def _within(self, link: str) -> str:
        """The path and query of a next page, which must be on this very host: a token goes with it."""
        spelled = urlsplit(link)
        try:
            port = spelled.port or (443 if spelled.scheme == "https" else 80)
        except ValueError:
            port = 0
        own = (self.endpoint.scheme, self.endpoint.host, self.endpoint.port)
        if (spelled.scheme, spelled.hostname, port) != own or "@" in spelled.netloc or spelled.fragment:
            raise BlockedByPolicy("The management plane named a next page on another host.")
        return f"{spelled.path}?{spelled.query}"


def checked_path(path: str) -> str:
    """The path or id when each of its parts is plain, else `BadRequest`."""
    if len(path) > 2048 or _PATH.fullmatch(path) is None or {".", ".."} & set(path.split("/")):
        raise BadRequest("This is not the id of an Azure resource.", sent=False)
    return path
