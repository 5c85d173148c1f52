"""What workers do with uploads for a vector store: send each on, then put those that arrived into it at once."""

from typing import Any

from django.urls import reverse

from console import file_jobs, jobs
from console.index import files as kept
from console.models import Job, Upload
from console.once import of
from console.outbound.errors import BadRequest, Cancelled, UpstreamError
from console.retrieval.work import NewFiles
from console.v1 import vector_store_files
from console.v1.client import Client

KIND = "vector_store.upload"


@jobs.handles(KIND)
def send(job: Job) -> None:
    """Each file has its own result, and one that fails keeps none of the others out."""
    connection, store_id = of(job), job.arguments["store"]
    rows = Upload.objects.filter(pk__in=job.arguments["uploads"]).select_related("connection")
    uploads = {str(one.pk): one for one in rows}
    results: list[dict[str, str]] = []
    done = 0
    with connection.client(job.actor) as client:
        for upload in [uploads[key] for key in job.arguments["uploads"] if key in uploads]:
            results.append(sent(client, job, upload, done))
            done += upload.size
            job.keep({"results": results})
        file_ids = [one["id"] for one in results if one["id"]]
        if not file_ids:
            raise BadRequest("None of the files could be sent.", sent=False)
        if "batch" not in job.outcome:
            job.keep({"batch": attached(client, job, file_ids)})
    job.advance(done, done)
    url = reverse("vector-store-batch", args=[connection.slug, store_id, job.outcome["batch"]])
    Job.objects.filter(pk=job.pk).update(url=url)


def sent(client: Client, job: Job, upload: Upload, before: int) -> dict[str, str]:
    """Send one upload on and say how that went; `before` are the bytes of those before it."""
    tell = file_jobs.teller(job, job.total or 0, upload.name)
    if upload.file_id:
        return result(upload, upload.file_id)
    if not upload.is_open:
        return result(upload, problem="It is no longer in the console.")
    try:
        file = file_jobs.sent_once(client, job, upload, lambda done: tell(before + done))
    except Cancelled:
        give_up(job)
        raise jobs.CancelledError from None
    except UpstreamError as error:
        upload.end(Upload.State.FAILED)
        return result(upload, problem=" ".join(filter(None, [error.message, error.detail or error.remedy])))
    kept.remember(upload.connection, file)
    upload.end(Upload.State.SENT, file_id=file.id)
    return result(upload, file.id)


def result(upload: Upload, file_id: str = "", *, problem: str = "") -> dict[str, str]:
    state, message = ("failed", problem) if problem else ("done", "sent")
    return {"name": upload.name, "id": file_id, "state": state, "message": message}


def give_up(job: Job) -> None:
    """Drop what waits in the spool, unless another attempt has taken the job over and needs it."""
    if Job.objects.filter(pk=job.pk, attempt=job.attempt).exists():
        for upload in Upload.objects.unfinished().filter(pk__in=job.arguments["uploads"]):
            upload.end(Upload.State.CANCELLED)


def attached(client: Client, job: Job, file_ids: list[str]) -> str:
    told: dict[str, Any] = job.arguments
    asked = NewFiles("", file_ids, told["attributes"], told["chunking"])
    batch = vector_store_files.create_batch(client, told["store"], asked.body(), label=told["label"])
    return batch.id
