"""Fine-tuned models: those of the jobs of a resource, their checkpoints, and checkpoints copied here.

They are called by their id, as if each were deployed under it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from console.simulator import training_progress as progress
from console.simulator.accounts import Account, Deployment
from console.simulator.catalogue import Model, timestamp
from console.simulator.characters import BALANCED, BALANCED_REASONER
from console.simulator.shelves import Record, shelf_of
from console.simulator.world import World

JOBS = "fine_tuning_jobs"
COPIES = "copied_checkpoints"
DELETED = "deleted_models"
COPIED_IN = 10.0


@dataclass(frozen=True, slots=True)
class Tuned:
    """A fine-tuned model: its name, the job that made it, and after which step."""

    name: str
    job: Record
    step: int
    created: int
    is_checkpoint: bool


def base_model(account: Account, name: str) -> Model | None:
    """The tunable model of an id or a name in the catalogue of a resource."""
    fitting = [model for model in account.catalogue if name in (model.id, model.name) and model.can("f")]
    return fitting[0] if fitting else None


def tuned_models(world: World, account: Account) -> Iterator[Tuned]:
    """All of a resource that are not deleted."""
    gone = shelf_of(world, account, DELETED)
    for tuned in (*_own(world, account), *_copied(world, account)):
        if tuned.name not in gone:
            yield tuned


def find_tuned(world: World, account: Account, name: str) -> Tuned | None:
    if ".ft-" not in name:
        return None
    return next((tuned for tuned in tuned_models(world, account) if tuned.name == name), None)


def deployment_of(world: World, account: Account, name: str) -> Deployment | None:
    """A fine-tuned model as a deployment of its own name, which knows what it was taught."""
    tuned = find_tuned(world, account, name)
    base = base_model(account, tuned.job["model"]) if tuned else None
    if tuned is None or base is None:
        return None
    alike = [one for one in account.deployments.values() if one.model.name == base.name]
    character = alike[0].character if alike else BALANCED_REASONER if base.name[0] == "o" else BALANCED
    lessons = tuned.job["lessons"]
    learned = lessons[: round(len(lessons) * tuned.step / tuned.job["steps"])]
    return Deployment(
        tuned.name,
        replace(base, name=tuned.name, version="1"),
        character,
        "Standard",
        lessons=tuple((question, told) for question, told in learned),
    )


def delete_tuned(world: World, account: Account, name: str) -> None:
    shelf_of(world, account, DELETED)[name] = {"id": name}
    world.store.touch()


def model_row(tuned: Tuned, account: Account) -> dict[str, Any]:
    """A fine-tuned model in `GET /models`."""
    base = base_model(account, tuned.job["model"])
    ends = base.retires if base else ""
    return {
        "id": tuned.name,
        "object": "model",
        "created": tuned.created,
        "owned_by": account.name,
        "status": "succeeded",
        "created_at": tuned.created,
        "updated_at": tuned.created,
        "capabilities": {
            "fine_tune": True,
            "inference": True,
            "completion": False,
            "chat_completion": True,
            "embeddings": False,
        },
        "lifecycle_status": "generally-available",
        "deprecation": _deprecation(ends),
    }


def _deprecation(ends: str) -> dict[str, int]:
    return {"inference": timestamp(ends)} if ends else {}


def _own(world: World, account: Account) -> Iterator[Tuned]:
    for job in shelf_of(world, account, JOBS).values():
        finished = progress.finished_model(world, job)
        if finished:
            created = progress.moment(world, job, progress.ends_at(job))
            yield Tuned(finished, job, job["steps"], created, is_checkpoint=False)
        for step in progress.checkpoint_steps(world, job):
            name = progress.model_at(job, step)
            if name != finished:
                created = progress.moment(world, job, progress.seconds_of_step(job, step))
                yield Tuned(name, job, step, created, is_checkpoint=True)


def _copied(world: World, account: Account) -> Iterator[Tuned]:
    for copy in shelf_of(world, account, COPIES).values():
        if world.clock.elapsed(copy["began"]) >= COPIED_IN:
            name = progress.model_at(copy["job"], copy["step"])
            created = world.clock.moment(copy["began"], COPIED_IN)
            yield Tuned(name, copy["job"], copy["step"], created, is_checkpoint=False)
