"""One answer from its claim to its end: asks the model, keeps what comes, says how it ended.

An answer is complete only when it says so itself; one that breaks off keeps its text and is interrupted.
Nothing that
may have cost money is ever repeated: only a request that was refused before it ran is corrected and sent
once more.
"""

import asyncio
import logging
import time
import uuid
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError

from console.models import Answer
from console.outbound.errors import Cancelled, Interrupted, NotFound, UpstreamError
from console.playground import ledger
from console.playground.conversation import Request
from console.playground.live import Live
from console.playground.problems import told
from console.v1.client import Client, Target
from console.v1.events import Delta, Finished, Started
from console.v1.filters import Findings
from console.v1.parameters import TOKEN_LIMITS, swap
from console.v1.stream import stream_chat, stream_responses

logger = logging.getLogger(__name__)

ACTION = "run.answer"
PATHS = {"chat": "/chat/completions", "responses": "/responses"}
CORRECTIONS = 2
STORE_TRIES = (0.0, 0.5, 2.0)  # seconds before each
FORGOTTEN = "previous_response_not_found"


@dataclass(frozen=True)
class Plan:
    """All that a run needs, so that it reads nothing more: made, and its intent recorded, where the turn
    was asked for.

    `token` is the intent, committed with the answer.
    """

    answer_id: uuid.UUID
    comparison_id: uuid.UUID
    api: str
    model: str
    client: Client
    token: str
    request: Request


def target_of(model: str) -> Target:
    return Target("model", model, model)


class Run:
    """The state of one run; `columns` are what the answer row gets in the end."""

    def __init__(self, plan: Plan, live: Live) -> None:
        self.plan = plan
        self.live = live
        self.columns: dict[str, Any] = {}
        self.clock = time.perf_counter()
        self.tier = ""
        self.response: dict[str, Any] = {}
        self.storing: asyncio.Task[None] | None = None
        self.call: int | None = None
        recorder = ledger.Prepared(plan.client.recorder, plan.token, self.sent)
        given = plan.client
        self.client = Client(given.endpoint, given.auth, recorder, provider=given.provider)

    async def follow(self) -> None:
        """Run to the end, whatever it is; raises nothing."""
        state, error = Answer.State.INTERRUPTED, UpstreamError()
        try:
            await self.ask()
        except asyncio.CancelledError:
            state, error = self.stopped()
        except UpstreamError as failure:
            state, error = self.broken(failure)
        except Exception:
            logger.exception("The run of answer %s broke.", self.plan.answer_id)
            state, error = Answer.State.INTERRUPTED, Interrupted()
        if self.storing is None:
            await self.end(state, error)
        else:
            await self.storing

    async def ask(self) -> None:
        """Send the request; correct it when it was refused before it ran, and tell the user."""
        request = self.plan.request
        body, spelled_out = request.body, request.spelled_out
        for _ in range(CORRECTIONS):
            try:
                return await self.send(body)
            except UpstreamError as error:
                if self.live.has_begun:
                    raise
                if spelled_out and is_forgotten(error):
                    body, spelled_out = spelled_out, {}
                    notice = (
                        "The resource does not find the earlier response; the conversation was sent in full."
                    )
                else:
                    corrected = swap(body, error)
                    if (
                        corrected is None
                        or set(corrected[0]) <= set(body)
                        or not set(TOKEN_LIMITS) & set(corrected[0])
                    ):
                        raise
                    body, notice = corrected
            self.live.add("notice", notice)
        return await self.send(body)

    async def send(self, body: dict[str, Any]) -> None:
        plan = self.plan
        start = stream_responses if plan.api == "responses" else stream_chat
        async with aclosing(start(self.client, body, action=ACTION, target=target_of(plan.model))) as events:
            async for event in events:
                if isinstance(event, Delta):
                    self.piece(event)
                else:
                    await self.take(event)

    def sent(self) -> None:
        """The intent is written; the request leaves now."""
        self.clock = time.perf_counter()

    def elapsed(self) -> int:
        return round((time.perf_counter() - self.clock) * 1000)

    async def take(self, event: Started | Finished) -> None:
        if isinstance(event, Started):
            self.columns |= {"request_id": event.request_id[:100], "region": event.region[:60]}
        else:
            await self.finished(event)

    def piece(self, delta: Delta) -> None:
        if delta.kind != "notice" and "ttft_ms" not in self.columns:
            self.columns["ttft_ms"] = self.live.ttft_ms = self.elapsed()
        if delta.kind == "tool":
            self.tool(delta)
        elif delta.text:
            self.live.add("text" if delta.kind == "refusal" else delta.kind, delta.text)

    def tool(self, delta: Delta) -> None:
        """Calls of tools are shown, never made: a line for each, the name and the arguments as they come."""
        if delta.call != self.call:
            lead = "" if self.call is None else "\n"
            self.call = delta.call
            self.live.add("tool", f"{lead}{delta.name or 'tool'} ")
        if delta.text:
            self.live.add("tool", delta.text)

    async def finished(self, event: Finished) -> None:
        if event.explanation:
            self.live.add("notice", event.explanation)
        self.tier = event.service_tier
        self.response = dict(event.response)
        usage = event.usage
        self.columns |= {
            "finish_reason": event.reason[:60],
            "filters": event.filters,
            "served_model": event.model[:256],
            "response_id": event.response_id[:256],
            "request_id": (event.request_id or self.columns.get("request_id", ""))[:100],
            "input_tokens": usage.input if usage else None,
            "output_tokens": usage.output if usage else None,
            "reasoning_tokens": usage.reasoning if usage else None,
            "cached_tokens": usage.cached if usage else None,
        }
        is_short = event.is_cut_short or event.reason in {"incomplete", "cancelled"}
        await self.end(Answer.State.INCOMPLETE if is_short else Answer.State.COMPLETE, None)

    def stopped(self) -> tuple[Answer.State, UpstreamError]:
        if self.live.stopped_by == "user":
            return Answer.State.CANCELLED, Cancelled()
        return Answer.State.INTERRUPTED, Interrupted("The console was stopped while this answer was written.")

    def broken(self, error: UpstreamError) -> tuple[Answer.State, UpstreamError]:
        """An error of the service ends an answer as failed; a call that broke off once it had begun is
        interrupted.
        """
        has_started = "request_id" in self.columns
        cut = error.kind.startswith("timeout") or error.kind in {
            "connection_lost",
            "too_large",
            "protocol_error",
        }
        self.columns["request_id"] = (error.request_id or self.columns.get("request_id", ""))[:100]
        self.columns["region"] = (error.region or self.columns.get("region", ""))[:60]
        if error.content_filter:
            findings = Findings()
            findings.take("prompt", {"content_filter_results": error.content_filter})
            self.columns["filters"] = findings.rows()
        return Answer.State.INTERRUPTED if has_started and cut else Answer.State.FAILED, error

    async def end(self, state: Answer.State, error: UpstreamError | None) -> None:
        """Store the end, then tell the readers; being stopped meanwhile does not stop this."""
        self.columns |= {
            **self.live.columns(),
            "state": state,
            "error": told(error) if error else None,
            "latency_ms": self.elapsed(),
        }
        self.storing = asyncio.create_task(self.store_and_tell())
        await asyncio.shield(self.storing)

    async def store_and_tell(self) -> None:
        """What the database does not take the sweeper ends later, as interrupted, with the text saved
        before.
        """
        told_to_readers = await self.store()
        self.live.end(
            told_to_readers or {"answer": str(self.plan.answer_id), "state": Answer.State.INTERRUPTED}
        )
        if told_to_readers and self.response.get("store") is not False:
            await self.index()

    async def index(self) -> None:
        """Let the index know a response that the resource keeps, since no list will ever tell of it."""
        try:
            await asyncio.to_thread(ledger.remember, self.plan.answer_id, self.response)
        except (DatabaseError, UpstreamError) as error:
            logger.warning("The response of answer %s is not in the index: %s", self.plan.answer_id, error)

    async def store(self) -> dict[str, Any] | None:
        provider = self.plan.client.provider
        for delay in STORE_TRIES:
            await asyncio.sleep(delay)
            try:
                return await asyncio.to_thread(
                    ledger.end, self.plan.answer_id, self.columns, provider=provider, tier=self.tier
                )
            except DatabaseError as error:
                logger.warning("The end of answer %s could not be stored: %s", self.plan.answer_id, error)
        return None


def is_forgotten(error: UpstreamError) -> bool:
    """Whether the service no longer, or not yet, knows the response that this one was to follow."""
    return error.code == FORGOTTEN or (isinstance(error, NotFound) and "response" in error.detail.lower())
