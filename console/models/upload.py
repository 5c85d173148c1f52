"""Files on their way: the browser sends them in parts into a spool, from where a job sends them on."""

import hashlib
import shutil
import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone

from console.models.connection import Connection
from console.models.job import Job
from console.models.workspace import Workspace

PART = 8 * 1024 * 1024
MAX_SIZE = 2 * 1024**3
SPARE = 1024**3
FORGOTTEN = timedelta(days=2)
KEPT = timedelta(days=14)
TAKEN = {
    "UPLOAD_QUOTA": "The room for uploads is taken up.",
    "UPLOAD_QUOTA_PER_WORKSPACE": "The uploads of this workspace take up the room that it may have.",
    "UPLOAD_QUOTA_PER_PERSON": "Your uploads take up the room that one person may have.",
}


class Refused(Exception):
    """The spool does not take this; the text says why."""


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self) -> Self:
        """Uploads that still take room in the spool, or will."""
        return self.filter(state__in=Upload.OPEN)

    def receiving(self) -> Self:
        return self.filter(state=Upload.State.RECEIVING)

    def waiting_for(self, connection: Connection, store_id: str) -> Self:
        """Uploads that are all there, and wait to be put into a vector store."""
        return self.filter(state=Upload.State.RECEIVED, connection=connection, store_id=store_id)


class Upload(models.Model):
    """A file between the browser and a resource. `parts` are the SHA-256 of the parts that came, in order."""

    class State(models.TextChoices):
        RECEIVING = "receiving", "Arriving"
        RECEIVED = "received", "Arrived"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    ROWS = "rows"
    """The purpose of what the console itself works with, and never sends on."""

    OPEN = (State.RECEIVING, State.RECEIVED, State.SENDING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("console.Workspace", models.CASCADE, related_name="+")
    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=512)
    size = models.BigIntegerField(help_text="Bytes.")
    purpose = models.CharField(max_length=20)
    check_for = models.CharField(max_length=20, blank=True, help_text="What the doctor holds it to.")
    expires_after = models.IntegerField(null=True, help_text="Seconds from its creation on the resource.")
    store_id = models.CharField(max_length=256, blank=True, help_text="The vector store it is meant for.")
    parts = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVING)
    report = models.JSONField(default=dict, help_text="What the doctor found.")
    job = models.ForeignKey("console.Job", models.SET_NULL, null=True, related_name="+")
    file_id = models.CharField(max_length=256, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["workspace", "-created_at"], name="upload_by_time")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return folder() / str(self.pk)

    @property
    def count(self) -> int:
        """How many parts the whole has."""
        return max(-(-self.size // PART), 1)

    @property
    def received(self) -> int:
        """Bytes that came."""
        if self.state != self.State.RECEIVING:
            return self.size
        return min(len(self.parts) * PART, self.size)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def stays(self) -> bool:
        return self.purpose == self.ROWS

    @property
    def is_busy(self) -> bool:
        """Whether a job works at it."""
        return self.job is not None and self.job.is_open

    @classmethod
    def begin(cls, *, first: str, **fields: Any) -> "Upload":
        """The upload to go on with: the one with this `id`, an unfinished one of the same file, or a new one.

        `first` is the SHA-256 of the first part. Raises Refused when there is no room.
        """
        wanted = {name: fields[name] for name in ("owner", "connection", "name", "size", "purpose")}
        # What has a job is written by that, and not by a browser.
        wanted |= {"store_id": fields.get("store_id", ""), "job": None}
        with transaction.atomic():
            hold_room()
            if known := cls.objects.filter(pk=fields.get("id")).first():
                return known
            for known in cls.objects.receiving().filter(**wanted):
                if not known.parts or known.parts[0] == first:
                    return known
            check_room(fields["size"], fields["owner"], fields["workspace"])
            upload = cls.objects.create(**fields)
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        upload.path.touch(mode=0o600)
        return upload

    @classmethod
    def take(cls, data: bytes, **fields: Any) -> "Upload":
        """An upload of one part that is all here already. Raises Refused when there is no room."""
        digest = hashlib.sha256(data).hexdigest()
        return cls.begin(first=digest, size=len(data), **fields).receive(0, data, digest)

    @classmethod
    def begin_copy(cls, *, size: int, **fields: Any) -> "Upload":
        """An upload whose content a job fetches from another resource. Raises Refused when there is no room."""
        with transaction.atomic():
            check_room(size, fields["owner"], fields["workspace"])
            upload = cls.objects.create(size=size, state=cls.State.SENDING, **fields)
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        return upload

    @classmethod
    def begin_making(cls, *, size: int, **fields: Any) -> "Upload":
        """An upload whose content a job of the console writes, of about this size; `take_made` ends that.

        Raises Refused when there is no room.
        """
        with transaction.atomic():
            check_room(size, fields["owner"], fields["workspace"])
            upload = cls.objects.create(size=size, state=cls.State.RECEIVING, **fields)
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        return upload

    def take_made(self, size: int) -> None:
        """All of it is written; it waits to be sent."""
        self.size, self.state = size, self.State.RECEIVED
        rows = Upload.objects.filter(pk=self.pk, state=self.State.RECEIVING)
        rows.update(size=size, state=self.state, touched_at=timezone.now())

    def receive(self, number: int, data: bytes, digest: str) -> "Upload":
        """Append part `number`, from 0; one that came before is taken for granted.

        Raises Refused for anything but the next part with the hash and the length it must have.
        """
        if hashlib.sha256(data).hexdigest() != digest.lower():
            raise Refused("The part does not have the hash that came with it. Send it again.")
        with transaction.atomic():
            stored = Upload.objects.select_for_update().get(pk=self.pk)
            if number < len(stored.parts) and stored.parts[number] == digest.lower():
                return stored
            if stored.state != self.State.RECEIVING:
                raise Refused("This upload takes no more parts.")
            if number != len(stored.parts):
                raise Refused(f"Part {len(stored.parts)} comes next, not part {number}.")
            if len(data) != min(PART, stored.size - number * PART):
                raise Refused("The part does not have the length that it must have.")
            stored.append(data, at=number * PART)
            stored.parts = [*stored.parts, digest.lower()]
            stored.touched_at = timezone.now()
            if len(stored.parts) == stored.count:
                stored.state = self.State.RECEIVED
            stored.save(update_fields=["parts", "touched_at", "state"])
        return stored

    def append(self, data: bytes, *, at: int) -> None:
        try:
            with self.path.open("r+b") as spool:
                spool.seek(at)
                spool.write(data)
                spool.truncate()
        except OSError as error:
            raise Refused("The console could not write the part to its disk.") from error

    def replace_by(self, copy: Path, *, size: int) -> None:
        """Take a mended copy for the file; its hashes are no longer those of the parts that came."""
        copy.chmod(0o600)
        copy.replace(self.path)
        self.size = size
        Upload.objects.filter(pk=self.pk).update(size=size, report={}, touched_at=timezone.now())

    def keep_size(self, size: int) -> None:
        self.size = size
        Upload.objects.filter(pk=self.pk).update(size=size, touched_at=timezone.now())

    def arrived(self, size: int) -> None:
        """Have what a job wrote into the spool wait for a person, as what a browser sent does."""
        self.size, self.state = size, self.State.RECEIVED
        Upload.objects.filter(pk=self.pk, state__in=self.OPEN).update(
            size=size, state=self.State.RECEIVED, touched_at=timezone.now()
        )

    def keep_report(self, report: dict[str, Any]) -> None:
        self.report = report
        Upload.objects.filter(pk=self.pk).update(report=report, touched_at=timezone.now())

    def opened(self) -> BinaryIO:
        return self.path.open("rb")

    def end(self, state: str, **facts: str) -> None:
        """Close the upload and free its room in the spool."""
        Upload.objects.filter(pk=self.pk, state__in=self.OPEN).update(
            state=state, touched_at=timezone.now(), **facts
        )
        self.path.unlink(missing_ok=True)

    @property
    def runs(self) -> bool:
        """Whether a worker has it in hand just now."""
        running = Job.objects.filter(state=Job.State.RUNNING)
        return self.job is not None and running.filter(pk=self.job.pk).exists()

    def is_idle(self) -> bool:
        """Whether no job works at it; asked inside of a transaction, which then keeps others waiting."""
        stored = Upload.objects.select_for_update().get(pk=self.pk)
        return not Job.objects.open().filter(pk=stored.job_id or uuid.UUID(int=0)).exists()

    def attach(self, job: Job) -> None:
        self.job = job
        Upload.objects.filter(pk=self.pk).update(job=job)

    def begin_sending(self) -> bool:
        """Take the upload for sending; False when somebody did before, or it is not all there."""
        rows = Upload.objects.filter(pk=self.pk, state=self.State.RECEIVED).exclude(purpose=self.ROWS)
        is_ours = bool(rows.update(state=self.State.SENDING, touched_at=timezone.now()))
        if is_ours:
            self.state = self.State.SENDING
        return is_ours

    def put_back(self) -> None:
        """Have it wait in the spool again, after a sending that came to nothing."""
        rows = Upload.objects.filter(pk=self.pk, state=self.State.SENDING)
        rows.update(state=self.State.RECEIVED, touched_at=timezone.now())


def folder() -> Path:
    path: Path = settings.DATA_DIR / "spool"
    return path


def hold_room() -> None:
    """Keep others who want room waiting until this transaction ends."""
    list(Workspace.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def check_room(size: int, owner: Any, workspace: Workspace) -> None:
    """Raise Refused unless `size` bytes fit into all three quotas and leave 1 GiB of the disk free.

    Asked inside of the transaction that takes the room, which then keeps others waiting.
    """
    if not 0 < size <= MAX_SIZE:
        raise Refused("A file must have at least one byte, and at most 2 GiB.")
    hold_room()
    unfinished = Upload.objects.unfinished()
    for quota, rows in (
        ("UPLOAD_QUOTA_PER_PERSON", unfinished.filter(owner=owner)),
        ("UPLOAD_QUOTA", unfinished),
        ("UPLOAD_QUOTA_PER_WORKSPACE", unfinished.filter(workspace=workspace)),
    ):
        taken = rows.aggregate(sum=Sum("size"))["sum"] or 0
        if taken + size > getattr(settings, quota):
            raise Refused(f"{TAKEN[quota]} Wait until some have ended, or cancel one. ({quota})")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    coming = sum(one.size - one.received for one in Upload.objects.receiving().only("size", "parts"))
    if shutil.disk_usage(settings.DATA_DIR).free - coming - size < SPARE:
        raise Refused("The disk of the console is too full for this file.")


def sweep() -> int:
    """End what nobody goes on with, and drop files that no upload knows; return how many uploads ended."""
    now = timezone.now()
    ended = 0
    for upload in forgotten(now):
        upload.end(Upload.State.CANCELLED)
        ended += 1
    Upload.objects.exclude(state__in=Upload.OPEN).filter(touched_at__lt=now - KEPT).delete()
    known = {str(pk) for pk in Upload.objects.unfinished().values_list("pk", flat=True)}
    for path in folder().glob("*"):
        if path.name.split(".")[0] not in known:
            path.unlink(missing_ok=True)
    return ended


def forgotten(now: Any) -> Iterable[Upload]:
    """Uploads without a sign of life for two days, and those whose job was cancelled before it began."""
    rows = Upload.objects.unfinished().select_related("job")
    ends = {Job.State.CANCELLED, Job.State.FAILED, Job.State.UNKNOWN}
    for upload in rows:
        is_left = upload.touched_at < now - FORGOTTEN and not upload.is_busy
        is_stopped = upload.state == Upload.State.SENDING and upload.job and upload.job.state in ends
        if is_left or is_stopped:
            yield upload
