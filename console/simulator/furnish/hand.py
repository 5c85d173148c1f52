"""A hand that calls the simulator's own operations, in one resource, at a moment of its choice."""

from __future__ import annotations

import json
from typing import Any

from starlette.routing import Router
from starlette.types import Message, Receive

from console.simulator import chat
from console.simulator.accounts import Account
from console.simulator.evals import PREVIEW
from console.simulator.world import CALL, Call, World

_BOUNDARY = "furnishing"


class Hand:
    """Calls operations as a client would, without a network and without a key."""

    def __init__(self, world: World, account: Account, router: Router) -> None:
        self.world = world
        self.account = account
        self._router = router

    def at(self, moment: float) -> None:
        """From now on it is that Unix second."""
        self.world.clock.now = lambda: moment

    async def get(self, path: str) -> dict[str, Any]:
        return await self._call("GET", path, b"", "application/json")

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._call("POST", path, json.dumps(body).encode(), "application/json")

    async def upload(self, name: str, content: str, purpose: str) -> str:
        """The id of a file with that text."""
        head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
        fields = f'{head}"purpose"\r\n\r\n{purpose}\r\n{head}"file"; filename="{name}"\r\n\r\n'
        body = f"{fields}{content}\r\n--{_BOUNDARY}--\r\n".encode()
        media = f"multipart/form-data; boundary={_BOUNDARY}"
        return str((await self._call("POST", "/files", body, media))["id"])

    def complete(self, body: dict[str, Any]) -> None:
        """A chat completion, without the time that it would take."""
        chat.begin(self._call_of(_nothing), body)

    async def _call(self, method: str, path: str, body: bytes, media: str) -> dict[str, Any]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        call = self._call_of(receive)
        headers = [(b"content-type", media.encode()), (PREVIEW.encode(), b"preview")]
        place = {
            "path": path.partition("?")[0],
            "root_path": "",
            "query_string": path.partition("?")[2].encode(),
        }
        scope = {"type": "http", "method": method, "headers": headers, "app": self, CALL: call, **place}
        await self._router(scope, receive, send)
        told: dict[str, Any] = json.loads(b"".join(message.get("body", b"") for message in sent))
        return told

    def _call_of(self, receive: Receive) -> Call:
        return Call(self.world, self.account, "", "http://simulator", self.world.clock.request_id(), receive)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
