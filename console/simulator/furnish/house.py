"""Furnishing the simulated resources once: files, stores, jobs, batches and evals, made over some days before."""

from __future__ import annotations

from typing import Any

from starlette.routing import Router

from console.simulator.furnish import judged, kept, sets, shop
from console.simulator.furnish.hand import Hand
from console.simulator.world import World

_DONE = "furnished"
_DAY, _HOUR, _MINUTE = 86400.0, 3600.0, 60.0
_CHAT = "/v1/chat/completions"
_MODEL = "gpt-4.1-nano-2025-04-14"


async def furnish(world: World, router: Router) -> None:
    """Fill the resources, unless that was done before; the clock is moved meanwhile and put back."""
    done = world.store.collection(_DONE)
    if done:
        return
    now = world.clock.now
    start = now()
    try:
        main = Hand(world, world.accounts["contoso-eastus2"], router)
        await _shop_store(main, start - 6 * _DAY)
        await _tuned(main, start - 5 * _DAY)
        await judged.evals(main, start - 3 * _DAY)
        await _batches(main, start - 2 * _DAY)
        kept.completions(main, start - _DAY)
        await _running(main, start - 40)
        main.at(start)
        await judged.running(main)
        await _runbook_store(Hand(world, world.accounts["contoso-sweden"], router), start - 4 * _DAY)
    finally:
        world.clock.now = now
    done["furnished"] = {"id": "furnished", "at": start}
    world.store.touch()


async def _shop_store(hand: Hand, moment: float) -> None:
    """A store over the shop's handbook, with a file that could not be ingested."""
    hand.at(moment)
    ids = {name: await hand.upload(name, text, "assistants") for name, text in shop.HANDBOOK.items()}
    ids["price-list.csv"] = await hand.upload(
        "price-list.csv", "item,euros\ntent,399\nstove,89\n", "assistants"
    )
    hand.at(moment + _MINUTE)
    store = await hand.post("/vector_stores", {"name": "Shop handbook", "metadata": {"team": "support"}})
    for name, identifier in ids.items():
        topic = "orders" if name.startswith(("returns", "shipping", "gift", "loyalty")) else "products"
        attributes = {"topic": topic, "language": "en", "year": 2026}
        await hand.post(
            f"/vector_stores/{store['id']}/files", {"file_id": identifier, "attributes": attributes}
        )


async def _runbook_store(hand: Hand, moment: float) -> None:
    """A store over the runbooks that expires when nobody uses it for a month."""
    hand.at(moment)
    ids = [await hand.upload(name, text, "assistants") for name, text in shop.RUNBOOKS.items()]
    hand.at(moment + _MINUTE)
    expiry = {"anchor": "last_active_at", "days": 30}
    await hand.post("/vector_stores", {"name": "Runbooks", "file_ids": ids, "expires_after": expiry})


async def _tuned(hand: Hand, moment: float) -> None:
    """A job that succeeded, one that overfits by its learning rate, one whose file is broken, one with rewards."""
    hand.at(moment)
    training = await hand.upload("support-train.jsonl", sets.lines(sets.training()), "fine-tune")
    validation = await hand.upload("support-valid.jsonl", sets.lines(sets.training()[::6]), "fine-tune")
    broken = await hand.upload("support-export.jsonl", sets.broken_training(), "fine-tune")
    files = {"training_file": training, "validation_file": validation}
    hand.at(moment + _HOUR)
    await _job(hand, _settings(n_epochs=3, batch_size=2), suffix="support", seed=42, **files)
    hand.at(moment + 2 * _HOUR)
    await _job(
        hand, _settings(n_epochs=6, learning_rate_multiplier=5.0), suffix="support-hot", seed=42, **files
    )
    hand.at(moment + 3 * _HOUR)
    await _job(hand, _settings(), suffix="support", training_file=broken)
    hand.at(moment + 4 * _HOUR)
    await _reasoned(hand)


async def _reasoned(hand: Hand) -> None:
    """A job by reinforcement: its grader likes answers that are near to those of the support desk."""
    training = await hand.upload("support-prompts.jsonl", sets.lines(sets.prompts()), "fine-tune")
    validation = await hand.upload(
        "support-prompts-valid.jsonl", sets.lines(sets.prompts()[::4]), "fine-tune"
    )
    grader = {
        "type": "text_similarity", "name": "near", "evaluation_metric": "rouge_l",
        "input": "{{sample.output_text}}", "reference": "{{item.reference_answer}}",
    }  # fmt: skip
    method = {
        "type": "reinforcement",
        "reinforcement": {"grader": grader, "hyperparameters": {"n_epochs": 2}},
    }
    files = {"training_file": training, "validation_file": validation}
    await _job(hand, method, model="o4-mini-2025-04-16", suffix="support-thinks", **files)


async def _running(hand: Hand, moment: float) -> None:
    """Work that is under way: a job that is paused, one that runs, a batch, and a container."""
    hand.at(moment - _HOUR)
    preferences = await hand.upload("preferences.jsonl", sets.lines(sets.preferences()), "fine-tune")
    requests = await hand.upload("reviews-tonight.jsonl", sets.lines(sets.sentiment_batch(48)), "batch")
    dpo = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2, "n_epochs": 4}}}
    paused = await _job(hand, dpo, suffix="polite", training_file=preferences)
    hand.at(moment - _HOUR + 45 * hand.world.clock.speed)
    if hand.world.clock.speed > 0:
        await hand.post(f"/fine_tuning/jobs/{paused}/pause", {})
    hand.at(moment)
    training = await hand.upload("support-train-2.jsonl", sets.lines(sets.training() * 2), "fine-tune")
    validation = await hand.upload("support-valid-2.jsonl", sets.lines(sets.training()[3::6]), "fine-tune")
    files = {"training_file": training, "validation_file": validation}
    # Twelve minutes, so that there is something to watch for somebody who looks around first.
    await _job(hand, _settings(n_epochs=10, batch_size=1), suffix="support-more", **files)
    hand.at(moment + 30)
    await _batch(hand, requests, {"name": "Moods of tonight's reviews", "night": "47"})
    await kept.containers(hand, moment + 30)


async def _batches(hand: Hand, moment: float) -> None:
    """A batch that went well, one with refused lines, and one whose input was wrong."""
    for number, (title, name, rows) in enumerate(
        (
            ("Moods of reviews", "reviews.jsonl", sets.sentiment_batch()),
            ("Replies to reviews", "replies.jsonl", sets.troubled_batch()),
            ("Summaries", "summaries.jsonl", sets.duplicate_batch()),
        )
    ):
        hand.at(moment + number * _HOUR)
        identifier = await hand.upload(name, sets.lines(rows), "batch")
        hand.at(moment + number * _HOUR + _MINUTE)
        await _batch(hand, identifier, {"name": title, "source": name})
        hand.at(moment + (number + 1) * _HOUR)
        await hand.get("/batches")


def _settings(**hyperparameters: Any) -> dict[str, Any]:
    return {"type": "supervised", "supervised": {"hyperparameters": hyperparameters}}


async def _job(hand: Hand, method: dict[str, Any], *, suffix: str, **more: Any) -> str:
    named = {"suffix": suffix, "metadata": {"suffix": suffix}}
    body = {"model": _MODEL, "method": method, **named, **more}
    return str((await hand.post("/fine_tuning/jobs", body))["id"])


async def _batch(hand: Hand, identifier: str, metadata: dict[str, str]) -> None:
    body = {"input_file_id": identifier, "endpoint": _CHAT, "completion_window": "24h", "metadata": metadata}
    await hand.post("/batches", body)
