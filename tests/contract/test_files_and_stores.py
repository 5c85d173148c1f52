"""Files and vector stores are the same for the official SDK and the console, whoever made them."""

import hashlib

import pytest

from console import jobs
from console.models import Job, Upload

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = b"The kettle whistles when the water boils."
STORES = "/c/sim/vector-stores/"


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def operating(client, alice, simulated):
    client.force_login(alice)
    return client


def uploaded(operating, name: str, **more: str) -> Upload:
    digest = hashlib.sha256(TEXT).hexdigest()
    facts = {"connection": "sim", "kind": "assistants", "name": name, "size": len(TEXT), "first": digest}
    told = operating.post("/uploads/", {**facts, **more}).json()
    operating.post(
        f"{told['url']}parts/0/",
        TEXT,
        content_type="application/octet-stream",
        headers={"x-part-sha256": digest},
    )
    return Upload.objects.get(pk=told["id"])


def run_last() -> Job:
    job = Job.objects.latest("created_at")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error_message
    return job


def test_the_sdk_sees_the_file_that_the_console_sent(operating, sdk):
    upload = uploaded(operating, "kettle.md")
    run_last()
    upload.refresh_from_db()

    file = sdk.files.retrieve(upload.file_id)

    assert (file.filename, file.purpose, file.bytes) == ("kettle.md", "assistants", len(TEXT))
    assert sdk.files.content(upload.file_id).read() == TEXT


def test_the_console_sees_the_file_that_the_sdk_sent(operating, sdk):
    file = sdk.files.create(file=("from-sdk.md", TEXT), purpose="assistants")

    operating.post("/files/refresh/")

    assert "from-sdk.md" in operating.get("/files/?q=from-sdk").text
    page = operating.get(f"/c/sim/files/{file.id}/preview/?as=text").text
    assert "The kettle whistles" in page


def test_the_sdk_finds_what_the_console_put_into_its_store(operating, sdk):
    form = {"key": "k1", "name": "Kitchen", "chunking": "auto", "metadata": "team = home"}
    place = operating.post(f"{STORES}new/", form).headers["Location"]
    store_id = place.rstrip("/").rpartition("/")[2]
    upload = uploaded(operating, "kettle.md", store=store_id)
    adding = {"key": "k2", "chunking": "auto", "uploads": [str(upload.pk)], "attributes": "room = kitchen"}
    operating.post(f"{place}files/upload/", adding)
    run_last()

    store = sdk.vector_stores.retrieve(store_id)
    [held] = sdk.vector_stores.files.list(store_id).data
    found = sdk.vector_stores.search(store_id, query="What whistles?").data

    assert (store.name, store.metadata["team"], store.file_counts.total) == ("Kitchen", "home", 1)
    assert held.attributes == {"room": "kitchen"}
    assert found[0].filename == "kettle.md"


def test_the_console_searches_the_store_that_the_sdk_made(operating, sdk):
    file = sdk.files.create(
        file=("lamp.md", b"The lamp burns paraffin for nine hours."), purpose="assistants"
    )
    store = sdk.vector_stores.create(name="Lamps", file_ids=[file.id])

    operating.post("/vector-stores/refresh/")
    files = operating.get(f"{STORES}{store.id}/files/", headers={"accept": "application/json"}).json()
    page = operating.post(f"{STORES}{store.id}/search/", {"query": "paraffin", "most": 5}).text

    assert [one["name"] for one in files["data"]] in (["lamp.md"], [file.id])
    assert "<mark>paraffin</mark>" in page


def test_what_the_console_deleted_is_gone_for_the_sdk(operating, sdk):
    from openai import NotFoundError

    store = sdk.vector_stores.create(name="Short")
    operating.post("/vector-stores/refresh/")

    operating.post(f"{STORES}{store.id}/delete/", {"name": "Short"})

    with pytest.raises(NotFoundError):
        sdk.vector_stores.retrieve(store.id)
