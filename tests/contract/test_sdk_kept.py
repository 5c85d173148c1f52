"""Stored completions and containers: the SDK sees what the console did, and the console what the SDK did."""

import io

import openai
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.index import refresh
from console.models import Item
from tests.contract.test_answers import ASKED
from tests.contract.test_sdk import NANO


@pytest.fixture
def operating(client, alice, simulated):
    client.force_login(alice)
    return client


def test_the_console_lists_what_the_sdk_stored(operating, simulated, sdk):
    kept = sdk.chat.completions.create(model=NANO, messages=ASKED, store=True, metadata={"from": "the sdk"})

    refresh(simulated, "stored_completion")

    page = operating.get("/stored-completions/?metadata=from%3Dthe+sdk")
    assert [row.item.remote_id for row in page.context["rows"]] == [kept.id]
    url = f"/c/{simulated.slug}/stored-completions/{kept.id}/"
    asked = operating.get(f"{url}messages/", headers={"accept": "application/json"}).json()["data"]
    assert [one["content"] for one in asked] == [one["content"] for one in ASKED]


def test_the_sdk_reads_the_metadata_that_the_console_wrote(operating, simulated, sdk):
    kept = sdk.chat.completions.create(model=NANO, messages=ASKED, store=True, metadata={"a": "1"})
    refresh(simulated, "stored_completion")
    url = f"/c/{simulated.slug}/stored-completions/{kept.id}/"
    seen = operating.get(f"{url}edit/").context["form"]["seen"].value()

    operating.post(f"{url}edit/", {"seen": seen, "metadata": "a = 2\nb = 3"})

    assert sdk.chat.completions.retrieve(kept.id).metadata == {"a": "2", "b": "3"}
    assert kept.id in [one.id for one in sdk.chat.completions.list(metadata={"b": "3"})]


def test_what_one_of_them_deletes_is_gone_for_the_other(operating, simulated, sdk):
    first, second = (sdk.chat.completions.create(model=NANO, messages=ASKED, store=True).id for _ in range(2))
    refresh(simulated, "stored_completion")

    operating.post(f"/c/{simulated.slug}/stored-completions/{first}/delete/")
    sdk.chat.completions.delete(second)
    refresh(simulated, "stored_completion")

    with pytest.raises(openai.NotFoundError):
        sdk.chat.completions.retrieve(first)
    assert Item.objects.get(remote_id=second).gone_at is not None


def test_a_container_of_the_console_is_one_for_the_sdk(operating, simulated, sdk):
    file = sdk.files.create(file=("orders.csv", b"a,b\n1,2\n"), purpose="assistants")
    form = {"key": "k1", "name": "Orders", "memory": "4g", "minutes": "15", "file_ids": file.id}

    place = operating.post(f"/c/{simulated.slug}/containers/new/", form)["Location"]
    operating.post(f"{place}add/", {"key": "k2", "file": SimpleUploadedFile("notes.txt", b"hello")})

    identifier = place.rstrip("/").rpartition("/")[2]
    container = sdk.containers.retrieve(identifier)
    assert (container.name, container.expires_after.minutes, container.status) == ("Orders", 15, "running")
    files = {one.path: one.id for one in sdk.containers.files.list(identifier)}
    assert set(files) == {"/mnt/data/orders.csv", "/mnt/data/notes.txt"}
    content = sdk.containers.files.content.retrieve(files["/mnt/data/notes.txt"], container_id=identifier)
    assert content.read() == b"hello"


def test_a_container_of_the_sdk_is_one_for_the_console(operating, simulated, sdk):
    made = sdk.containers.create(name="Made elsewhere")
    sdk.containers.files.create(made.id, file=("plot.png", io.BytesIO(b"png")))
    refresh(simulated, "container")
    url = f"/c/{simulated.slug}/containers/{made.id}/"

    told = operating.get(f"{url}live/", headers={"accept": "application/json"}).json()
    operating.post(f"{url}files/{told['files'][0]['id']}/delete/")

    assert (told["status"], told["files"][0]["path"]) == ("running", "/mnt/data/plot.png")
    assert list(sdk.containers.files.list(made.id)) == []
