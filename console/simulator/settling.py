"""Bringing to its end what time has finished: a job that is over has its files, watched or not."""

from __future__ import annotations

from console.simulator import batch_run, file_records, training_curves
from console.simulator import training_progress as progress
from console.simulator.shelves import Record, shelf
from console.simulator.tuned_models import JOBS
from console.simulator.world import Call


def settle(call: Call) -> None:
    """Advance the batches of the resource, and make the result file of every job that has succeeded since."""
    for batch in shelf(call, "batches").values():
        batch_run.advance(call, batch)
    for job in shelf(call, JOBS).values():
        if job["result_file"] is None and progress.status(call.world, job) == "succeeded":
            _keep_results(call, job)


def _keep_results(call: Call, job: Record) -> None:
    job["result_file"] = call.world.clock.identifier("file-", 32)
    file_records.keep(
        call.world,
        call.account,
        job["result_file"],
        filename="results.csv",
        purpose="fine-tune-results",
        size=call.world.blobs.write(job["result_file"], training_curves.result_file(job)),
        made=True,
        at=progress.moment(call.world, job, progress.ends_at(job)),
    )
