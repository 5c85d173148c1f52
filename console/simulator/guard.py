"""The gate of the simulator: where a request goes, who sent it, the headers of every answer, and faults.

Pure ASGI, since it stands in front of every token that is streamed.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.simulator import faults
from console.simulator.access import check_access
from console.simulator.errors import Instead, Refusal, path_not_found, refused
from console.simulator.world import CALL, Call, World

_RESOURCE = re.compile(
    r"/resources/(?P<account>[^/]+)(?:/api/projects/(?P<project>[^/]+))?(?P<rest>/openai/.*)"
)
_V1 = "/openai/v1"


@dataclass(frozen=True, slots=True)
class Place:
    """Which plane a path belongs to, and what is left of the path there."""

    plane: str
    account: str
    project: str
    rest: str


def locate(path: str) -> Place:
    """The place of a path; plane is v1, dated, arm or open."""
    account = project = ""
    rest = path
    if match := _RESOURCE.fullmatch(path):
        account, project, rest = match["account"], match["project"] or "", match["rest"]
    if rest.startswith(_V1 + "/"):
        return Place("v1", account, project, rest[len(_V1) :])
    if rest.startswith("/openai/"):
        return Place("dated", account, project, rest[len("/openai") :])
    if rest.startswith(("/subscriptions", "/providers/")):
        return Place("arm", account, project, rest)
    return Place("open", account, project, rest)


class Guard:
    """Finds the place, checks access, calls the router of the plane, and turns refusals into answers."""

    def __init__(self, world: World, planes: dict[str, Router]) -> None:
        self.world = world
        self.planes = planes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = locate(scope["path"])
        headers = Headers(scope=scope)
        call = self._call(scope, place, headers, receive)
        answer = _Answer(self.world, call, place.plane, send)
        inner = {**scope, "path": place.rest, "root_path": "", "app": self, CALL: call}
        try:
            await self._serve(inner, place, headers, receive, answer)
        except Refusal as refusal:
            await self._finish(refusal.response(), inner, receive, answer)
        except Instead as instead:
            await self._finish(instead.response, inner, receive, answer)
        except HTTPException as error:
            await self._finish(_http_error(error), inner, receive, answer)
        except (ClientDisconnect, faults.ConnectionCut):
            return

    async def _serve(
        self, scope: Scope, place: Place, headers: Headers, receive: Receive, answer: _Answer
    ) -> None:
        call: Call = scope[CALL]
        self.world.calls[f"{scope['method']} {place.plane} {place.rest}"] += 1
        if wanted := headers.get("x-simulator-fault"):
            faults.apply(call, wanted)
        if place.account and place.account not in self.world.accounts:
            raise path_not_found()
        check_access(self.world, call.account, place.plane, place.project, headers)
        if place.plane == "v1":
            _check_version(scope)
        router: ASGIApp = self.planes[place.plane]
        await router(scope, receive, answer)

    async def _finish(self, response: Response, scope: Scope, receive: Receive, answer: _Answer) -> None:
        if not answer.started:
            try:
                await response(scope, receive, answer)
            except (ClientDisconnect, faults.ConnectionCut):
                return

    def _call(self, scope: Scope, place: Place, headers: Headers, receive: Receive) -> Call:
        account = self.world.accounts.get(place.account, self.world.default_account)
        host = headers.get("host") or "{}:{}".format(*(scope.get("server") or ("localhost", 80)))
        origin = f"{scope.get('scheme', 'http')}://{host}"
        return Call(self.world, account, place.project, origin, self.world.clock.request_id(), receive)


class _Answer:
    """The `send` of one request: adds Azure's headers, and lets a fault at the bytes."""

    def __init__(self, world: World, call: Call, plane: str, send: Send) -> None:
        self.world = world
        self.call = call
        self.plane = plane
        self.started = False
        self._send = send
        self._began = time.perf_counter()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self._add_headers(MutableHeaders(scope=message))
        fault = self.call.fault
        if fault is None:
            await self._send(message)
        else:
            await fault.pass_on(message, self._send)

    def _add_headers(self, headers: MutableHeaders) -> None:
        call = self.call
        headers["x-simulator"] = "1"
        headers["x-content-type-options"] = "nosniff"
        if self.plane == "arm":
            headers["x-ms-request-id"] = call.request_id
            headers["x-ms-correlation-request-id"] = call.request_id
            headers["x-ms-ratelimit-remaining-subscription-reads"] = "11999"
        elif self.plane in ("v1", "dated"):
            headers["apim-request-id"] = call.request_id
            headers["x-request-id"] = self.world.clock.request_id()
            headers["x-ms-region"] = call.account.region
            headers["azure-openai-data-collection"] = "true"
            headers["openai-processing-ms"] = str(int((time.perf_counter() - self._began) * 1000))
        for name, value in call.headers.items():
            headers[name] = value


def _check_version(scope: Scope) -> None:
    """v1 knows two values of `api-version`, and needs none."""
    version = QueryParams(scope["query_string"]).get("api-version", "v1")
    if version not in ("v1", "preview"):
        raise refused(400, "BadRequest", "API version not supported")


def _http_error(error: HTTPException) -> Response:
    if error.status_code == 404:
        return path_not_found().response()
    if error.status_code == 405:
        message = "The HTTP method is not allowed for this resource."
        return refused(405, "MethodNotAllowed", message, headers=dict(error.headers or {})).response()
    return JSONResponse(
        {"error": {"code": str(error.status_code), "message": error.detail}}, status_code=error.status_code
    )


def require_preview(headers: Headers, feature: str) -> None:
    """Refuses a call without the preview header `FEATURE: preview`."""
    if headers.get(feature, "").strip().lower() != "preview":
        raise refused(
            400,
            "invalid_request",
            f"This API is in preview. Send the header '{feature}: preview' to use it.",
        )
