"""Responses: create (JSON, stream, background), read, resume, cancel, delete, list the input.

Shapes: `createResponse` and its siblings in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import conversations, faults
from console.simulator.answers import Answer, Ask, admit, answer, cached_tokens
from console.simulator.bodies import json_object
from console.simulator.errors import invalid
from console.simulator.pace import Pace
from console.simulator.paging import page, whole_number
from console.simulator.responses_request import items_of, read_response
from console.simulator.responses_run import events, final_response, initial_response, output_items
from console.simulator.streaming import EventStream, Timed, named_event
from console.simulator.text import ponder
from console.simulator.words import dice, digest
from console.simulator.world import Call, World, call_of

_KEPT = 5000
_QUEUE_SECONDS = 1.0

Record = dict[str, Any]


async def create(request: Request) -> Response:
    """POST /responses."""
    call = call_of(request)
    body = await json_object(request)
    record = begin(call, body)
    if body.get("stream"):
        return _Run(call.world, record, _timed(record, 0.0, -1))
    if body.get("background"):
        return JSONResponse(record["initial"])
    await call.world.clock.pause(record["timing"]["end"])
    return JSONResponse(record["final"])


def begin(call: Call, body: dict[str, Any]) -> Record:
    """The record of the run that a body asks for, kept unless `store` is false; else a refusal."""
    if isinstance(body.get("model"), str):
        faults.by_deployment(call, body["model"])
    ask = read_response(call, body)
    admit(call, ask)
    record = _record(call, ask, body)
    if record["initial"]["store"]:
        _keep(call.world, record)
    conversations.extend(call, body, [*record["input_items"], *record["final"]["output"]])
    return record


async def show(request: Request) -> Response:
    """GET /responses/{response_id}; with `stream=true` the events again, after `starting_after`."""
    call = call_of(request)
    record = _find(call, request)
    if request.query_params.get("stream", "false").lower() == "true":
        if not (record["initial"]["background"] and record["streamed"]):
            message = "This response cannot be streamed: it was not created with background and stream."
            raise invalid("invalid_request", message, param="stream")
        after = whole_number(request, "starting_after", -1, 0, 10**9)
        return _Run(call.world, record, _timed(record, _elapsed(call.world, record), after))
    return JSONResponse(current(call.world, record))


async def delete(request: Request) -> Response:
    """DELETE /responses/{response_id}."""
    call = call_of(request)
    response_id = _find(call, request)["initial"]["id"]
    del call.world.store.collection("responses")[response_id]
    call.world.store.touch()
    return JSONResponse({"id": response_id, "object": "response.deleted", "deleted": True})


async def cancel(request: Request) -> Response:
    """POST /responses/{response_id}/cancel; again is harmless."""
    call = call_of(request)
    record = _find(call, request)
    if not record["initial"]["background"]:
        raise invalid("invalid_request", "Cannot cancel a synchronous response.", param="response_id")
    _cancel(call.world, record)
    return JSONResponse(current(call.world, record))


async def input_items(request: Request) -> Response:
    """GET /responses/{response_id}/input_items."""
    record = _find(call_of(request), request)
    return JSONResponse(page(request, record["input_items"]))


def current(world: World, record: Record) -> dict[str, Any]:
    """The response as it stands now."""
    elapsed = _elapsed(world, record)
    initial: dict[str, Any] = record["initial"]
    if record["cancelled_at"] is not None:
        return {**initial, "status": "cancelled"}
    if elapsed >= record["timing"]["end"]:
        final: dict[str, Any] = record["final"]
        return final
    return {**initial, "status": "in_progress"} if elapsed >= record["timing"]["start"] else initial


class _Run(EventStream):
    """A stream of a run; a foreground run whose reader leaves is cancelled."""

    def __init__(self, world: World, record: Record, timed: Iterator[Timed]) -> None:
        super().__init__(world, timed)
        self._record = record

    def left(self) -> None:
        if not self._record["initial"]["background"]:
            _cancel(self._world, self._record)


def _record(call: Call, ask: Ask, body: dict[str, Any]) -> Record:
    clock = call.world.clock
    deployment = ask.deployment
    found = answer(call, ask)
    effort = (ask.effort or "medium") if deployment.character.reasoning == "hidden" else None
    response_id = clock.identifier("resp_")
    initial = initial_response(response_id, clock.seconds(), deployment.model.id, body, effort)
    if body.get("conversation"):
        initial["conversation"] = {"id": conversations.named(body)}
    timing = _timing(Pace(deployment.character, seed=response_id), found, background=initial["background"])
    final = final_response(
        initial,
        _items(call, ask, body, found),
        found,
        prompt=ask.prompt_tokens,
        cached=cached_tokens(call, ask),
        azure=deployment.is_azure_openai,
    )
    began = clock.now()
    ends = began + timing["end"] * clock.speed
    final["completed_at"] = int(ends) if final["status"] == "completed" else None
    return {
        "account": call.account.name,
        "initial": initial,
        "final": final,
        "input_items": items_of(call, body),
        "timing": timing,
        "began": began,
        "visible_at": ends + call.late_get if call.late_get else began,
        "cancelled_at": None,
        "streamed": bool(body.get("stream")),
    }


def _items(call: Call, ask: Ask, body: dict[str, Any], found: Answer) -> list[dict[str, Any]]:
    wants_summary = bool((body.get("reasoning") or {}).get("summary"))
    wants_encrypted = "reasoning.encrypted_content" in (body.get("include") or ())
    reasons = found.reasoning_tokens > 0
    return output_items(
        found,
        _identifiers(call),
        summary=ponder(ask.prompt, dice(call.world.seed, ask.prompt)) if wants_summary and reasons else "",
        encrypted=digest("encrypted", ask.prompt) if wants_encrypted else "",
        reasons=reasons,
    )


def _identifiers(call: Call) -> Iterator[str]:
    while True:
        yield call.world.clock.identifier("")


def _timing(pace: Pace, found: Answer, *, background: bool) -> dict[str, float]:
    wait = _QUEUE_SECONDS if background else 0.0
    moments = pace.moments(found)
    first, second = next(moments), next(moments)
    interval = second - first
    return {
        "start": wait,
        "thoughts": wait + first,
        "text": wait + first + len(found.thoughts) * interval,
        "interval": interval,
        "end": wait + pace.seconds(found),
    }


def _timed(record: Record, elapsed: float, after: int) -> Iterator[Timed]:
    for due, event in events(record):
        if record["cancelled_at"] is not None:
            return
        if event["sequence_number"] > after:
            yield max(due - elapsed, 0.0), named_event(event["type"], event)


def _elapsed(world: World, record: Record) -> float:
    return world.clock.elapsed(record["began"])


def _keep(world: World, record: Record) -> None:
    kept = world.store.collection("responses")
    kept[record["initial"]["id"]] = record
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]
    world.store.touch()


def _find(call: Call, request: Request) -> Record:
    wanted = request.path_params["response_id"]
    record = call.world.store.collection("responses").get(wanted)
    if (
        record is None
        or record["account"] != call.account.name
        or record["visible_at"] > call.world.clock.now()
    ):
        raise invalid(None, f"Response with id '{wanted}' not found.", param=None, status=404)
    return record


def _cancel(world: World, record: Record) -> None:
    if record["cancelled_at"] is None and _elapsed(world, record) < record["timing"]["end"]:
        record["cancelled_at"] = world.clock.now()
        world.store.touch()


ROUTES = [
    Route("/responses", create, methods=["POST"]),
    Route("/responses/{response_id}", show, methods=["GET"]),
    Route("/responses/{response_id}", delete, methods=["DELETE"]),
    Route("/responses/{response_id}/cancel", cancel, methods=["POST"]),
    Route("/responses/{response_id}/input_items", input_items, methods=["GET"]),
]
