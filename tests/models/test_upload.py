import hashlib
import shutil
import threading
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from console.models import Job, Upload, Workspace
from console.models import upload as spool
from console.models.upload import PART, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def facts(workspace, connection, alice):
    return {"workspace": workspace, "connection": connection, "owner": alice, "purpose": "batch"}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def begin(facts, data: bytes = b"abc", **more) -> Upload:
    fields = {"name": "a.jsonl", "size": len(data), "first": digest(data[:PART]), **facts, **more}
    return Upload.begin(**fields)


def receive(upload: Upload, number: int, data: bytes) -> Upload:
    return upload.receive(number, data, digest(data))


LARGE = b"x" * PART + b"y" * 10


def test_parts_in_order_make_the_file(facts):
    upload = begin(facts, LARGE)
    receive(upload, 0, LARGE[:PART])
    stored = receive(upload, 1, LARGE[PART:])

    assert (stored.state, stored.received) == ("received", len(LARGE))
    assert upload.path.read_bytes() == LARGE


def test_the_name_in_the_spool_is_our_own(facts):
    assert begin(facts, name="../../etc/passwd").path.parent == spool.folder()


def test_a_part_that_comes_twice_is_one_part(facts):
    upload = begin(facts, LARGE)
    receive(upload, 0, LARGE[:PART])

    stored = receive(upload, 0, LARGE[:PART])

    assert (len(stored.parts), upload.path.stat().st_size) == (1, PART)


@pytest.mark.parametrize(
    ("number", "data"),
    [(0, b"z" * PART), (2, b"y" * 10), (1, b"y" * 9), (1, b"y" * 11), (99, b"")],
)
def test_a_part_out_of_order_or_length_is_refused_and_changes_nothing(facts, number, data):
    upload = begin(facts, LARGE)
    receive(upload, 0, LARGE[:PART])

    with pytest.raises(Refused):
        receive(upload, number, data)

    assert upload.path.read_bytes() == LARGE[:PART]


def test_a_part_with_another_hash_is_refused(facts):
    upload = begin(facts)

    with pytest.raises(Refused, match="does not have the hash"):
        upload.receive(0, b"abc", digest(b"abd"))


def test_nothing_comes_after_the_end(facts):
    upload = begin(facts)
    receive(upload, 0, b"abc")

    with pytest.raises(Refused, match="no more parts"):
        receive(upload, 1, b"d")

    assert receive(upload, 0, b"abc").state == "received"


def test_the_same_file_goes_on_where_it_was(facts):
    upload = begin(facts, LARGE)
    receive(upload, 0, LARGE[:PART])

    assert begin(facts, LARGE) == upload


@pytest.mark.parametrize("other", [{"name": "b.jsonl"}, {"purpose": "evals"}, {"first": digest(b"else")}])
def test_another_file_begins_anew(facts, other):
    upload = begin(facts, LARGE)
    receive(upload, 0, LARGE[:PART])

    assert begin({**facts, **other}, LARGE) != upload


def test_an_upload_of_somebody_else_is_not_gone_on_with(facts, carol):
    upload = begin(facts)

    assert begin({**facts, "owner": carol}) != upload


@pytest.mark.parametrize("size", [0, -1, spool.MAX_SIZE + 1])
def test_a_size_that_cannot_be_is_refused(facts, size):
    with pytest.raises(Refused, match="2 GiB"):
        begin(facts, size=size)


def test_the_quota_counts_what_is_still_to_come(facts, settings):
    settings.UPLOAD_QUOTA = 5
    begin(facts)

    with pytest.raises(Refused, match="UPLOAD_QUOTA"):
        begin(facts, name="b.jsonl")


def test_one_person_does_not_take_up_the_room_of_others(facts, carol, settings):
    settings.UPLOAD_QUOTA_PER_PERSON = 5
    begin(facts)

    with pytest.raises(Refused, match="UPLOAD_QUOTA_PER_PERSON"):
        begin(facts, name="b.jsonl")
    assert begin({**facts, "owner": carol}, name="b.jsonl").is_open


def test_one_workspace_does_not_take_up_the_room_of_others(facts, carol, settings):
    settings.UPLOAD_QUOTA_PER_WORKSPACE = 5
    begin(facts)

    with pytest.raises(Refused, match="UPLOAD_QUOTA_PER_WORKSPACE"):
        begin({**facts, "owner": carol})
    other = Workspace.objects.create(name="Other")
    assert begin({**facts, "workspace": other}, name="b.jsonl").is_open
    assert len(list(spool.folder().iterdir())) == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_of_one_workspace_do_not_share_out_one_room_at_once(facts, carol, settings):
    settings.UPLOAD_QUOTA_PER_WORKSPACE = 5
    told = []
    both = threading.Barrier(2)

    def one(owner) -> None:
        both.wait()
        try:
            told.append(begin({**facts, "owner": owner}).state)
        except Refused as reason:
            told.append(str(reason)[-28:])
        finally:
            database.close()

    threads = [threading.Thread(target=one, args=[owner]) for owner in (facts["owner"], carol)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["(UPLOAD_QUOTA_PER_WORKSPACE)", "receiving"]
    assert (Upload.objects.count(), len(list(spool.folder().iterdir()))) == (1, 1)


def test_what_ended_gives_its_room_back(facts, settings):
    settings.UPLOAD_QUOTA = 5
    begin(facts).end(Upload.State.CANCELLED)

    assert begin(facts, name="b.jsonl").is_open


def test_a_full_disk_is_said_before_anything_is_written(facts, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 1024**3 + 2))

    with pytest.raises(Refused, match="disk of the console is too full"):
        begin(facts)

    assert not Upload.objects.exists()


def test_an_end_removes_the_file(facts):
    upload = begin(facts)
    upload.end(Upload.State.FAILED)

    assert not upload.path.exists()


def test_an_upload_is_sent_once(facts):
    upload = receive(begin(facts), 0, b"abc")

    assert [upload.begin_sending(), upload.begin_sending()] == [True, False]


def test_the_sweep_ends_what_nobody_goes_on_with(facts):
    old, new = begin(facts), begin(facts, name="new.jsonl")
    Upload.objects.filter(pk=old.pk).update(touched_at=timezone.now() - timedelta(days=3))
    (spool.folder() / "stray").touch()

    assert spool.sweep() == 1

    assert [path.name for path in spool.folder().iterdir()] == [str(new.pk)]


def test_the_sweep_ends_what_was_cancelled_while_it_waited(facts, workspace, alice):
    upload = receive(begin(facts), 0, b"abc")
    job = Job.objects.create(workspace=workspace, kind="file.send", title="x", effect="create_with_marker")
    upload.attach(job)
    upload.begin_sending()
    job.cancel()

    spool.sweep()

    upload.refresh_from_db()
    assert (upload.state, upload.path.exists()) == ("cancelled", False)
