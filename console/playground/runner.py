"""Owns the runs of this web process: one task an answer on the main loop, whoever reads along or goes away.

`start` and `shutdown` belong to the lifespan of the ASGI app; everything else may be called from any thread.
"""

import asyncio
import logging
import threading
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError

from console.playground import ledger, sweeper
from console.playground.live import Live, Registry
from console.playground.run import Plan, Run

logger = logging.getLogger(__name__)

SAVE_SECONDS = 1.0
SWEEP_SECONDS = 5.0
THREADS = 16
PATIENCE = 5.0  # seconds that interrupted runs get to store what they have

lives = Registry()
_is_closing = False
_loop: asyncio.AbstractEventLoop | None = None
_keepers: list[asyncio.Task[None]] = []
_reserved = 0
_reserving = threading.Lock()


class Busy(Exception):
    """This process has as many runs as it may have."""


async def start() -> None:
    """Remember the loop on which runs live, and keep saving and sweeping."""
    global _loop, _reserved, _is_closing
    _loop, _reserved, _is_closing = asyncio.get_running_loop(), 0, False
    lives.clear()
    _loop.set_default_executor(ThreadPoolExecutor(THREADS, "console"))
    _keepers[:] = [asyncio.create_task(keep_saving()), asyncio.create_task(keep_sweeping())]


def reserve(count: int) -> None:
    """Take places for `count` runs before anything is created; raises Busy. Each run gives its place back."""
    global _reserved
    with _reserving:
        if _reserved + count > settings.PLAYGROUND_RUNS:
            raise Busy
        _reserved += count


def release(count: int = 1) -> None:
    global _reserved
    with _reserving:
        _reserved = max(0, _reserved - count)


def schedule(plans: Sequence[Plan]) -> None:
    """Start runs, for which places are reserved.

    Without a loop they stay queued until the sweeper ends them.
    """
    if _loop is None or _loop.is_closed() or _is_closing:
        release(len(plans))
    else:
        _loop.call_soon_threadsafe(begin, plans)


def begin(plans: Iterable[Plan]) -> None:
    for plan in plans:
        live = Live(plan.answer_id, plan.comparison_id)
        lives.add(live)
        live.task = asyncio.create_task(run(plan, live), name=f"answer {plan.answer_id}")


async def run(plan: Plan, live: Live) -> None:
    try:
        await Run(plan, live).follow()
    finally:
        release()
        lives.forget(live)


def stop(answer_ids: Iterable[uuid.UUID]) -> None:
    """Hang up on answers that this process writes; others look for the request in the database every
    second.
    """
    if _loop is not None and not _loop.is_closed():
        _loop.call_soon_threadsafe(hang_up, set(answer_ids), "user")


def hang_up(answer_ids: set[uuid.UUID], why: str) -> None:
    for live in lives.running():
        if live.answer_id in answer_ids and not live.stopped_by and live.task is not None:
            live.stopped_by = why
            live.task.cancel()


def begin_shutdown() -> None:
    """Interrupt every run and let every reader go; called when the process is asked to end, also from a
    signal.
    """
    if _loop is not None and not _loop.is_closed():
        _loop.call_soon_threadsafe(interrupt)


def is_closing() -> bool:
    """Whether readers should go because the process ends."""
    return _is_closing


def interrupt() -> None:
    global _is_closing
    _is_closing = True
    hang_up({live.answer_id for live in lives.running()}, "shutdown")


async def shutdown() -> None:
    """End all runs, with what they have stored, then stop saving."""
    interrupt()
    tasks = [live.task for live in lives if live.task is not None and not live.task.done()]
    if tasks:
        await asyncio.wait(tasks, timeout=PATIENCE)
    for keeper in _keepers:
        keeper.cancel()
    await asyncio.gather(*_keepers, return_exceptions=True)


async def keep_saving() -> None:
    """Every second: store what has come in one transaction, renew the leases, and look who was told to
    stop.
    """
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        running = lives.running()
        if running:
            try:
                await save(running)
            except DatabaseError as error:
                logger.warning("What has come could not be saved yet and stays in memory: %s", error)


async def save(running: Sequence[Live]) -> None:
    unsaved = [live for live in running if live.is_unsaved]
    texts = {live.answer_id: live.columns() for live in unsaved}
    try:
        hang_up(await asyncio.to_thread(ledger.save, texts, [live.answer_id for live in running]), "user")
    except DatabaseError:
        for live in unsaved:
            live.is_unsaved = True
        raise


async def keep_sweeping() -> None:
    while True:
        try:
            await asyncio.to_thread(sweep)
        except DatabaseError as error:
            logger.warning("Abandoned answers could not be ended yet: %s", error)
        await asyncio.sleep(SWEEP_SECONDS)


def sweep() -> None:
    with ledger.own_connection():
        sweeper.sweep()
