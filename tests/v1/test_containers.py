import io

from console.v1 import containers
from console.v1.client import Target

CONTAINER = {
    "id": "cntr_1",
    "object": "container",
    "created_at": 1741369938,
    "status": "running",
    "expires_after": {"anchor": "last_active_at", "minutes": 20},
    "last_active_at": 1741369938,
    "name": "Analysis",
    "memory_limit": "4g",
}
FILE = {
    "id": "cfile_1",
    "object": "container.file",
    "created_at": 1741369938,
    "bytes": 880,
    "container_id": "cntr_1",
    "path": "/mnt/data/plot.png",
    "source": "assistant",
}


def test_a_container_is_read(client, upstream):
    upstream["GET /containers/cntr_1"] = 200, CONTAINER

    found = containers.get(client, "cntr_1")

    assert (found.name, found.status, found.memory, found.minutes) == ("Analysis", "running", "4g", 20)


def test_the_containers_and_their_files_come_page_by_page(client, upstream):
    upstream["GET /containers"] = 200, {"data": [CONTAINER], "has_more": False}
    upstream["GET /containers/cntr_1/files"] = 200, {"data": [FILE], "has_more": False}

    (page,) = containers.pages(client, order="desc", after="cntr_0")
    (file_page,) = containers.file_pages(client, "cntr_1", order="asc")

    assert [each.id for each in page.rows] == ["cntr_1"]
    assert [(each.name, each.size, each.source) for each in file_page.rows] == [
        ("plot.png", 880, "assistant")
    ]
    assert upstream.requests[0].query == {"order": ["desc"], "limit": ["100"], "after": ["cntr_0"]}


def test_a_container_is_started_with_what_was_set(client, upstream, recorder):
    upstream["POST /containers"] = 200, CONTAINER

    full = containers.body(name="Analysis", file_ids=["file-1"], minutes=20, memory="4g")
    containers.create(client, full)
    containers.create(client, containers.body(name="Plain"))

    assert upstream.requests[0].json() == {
        "name": "Analysis",
        "file_ids": ["file-1"],
        "expires_after": {"anchor": "last_active_at", "minutes": 20},
        "memory_limit": "4g",
    }
    assert upstream.requests[1].json() == {"name": "Plain"}
    assert recorder.events[0][1]["target"] == Target("container", "", "Analysis")


def test_a_container_is_deleted_without_an_answer_to_read(client, upstream, recorder):
    upstream["DELETE /containers/cntr_1"] = 200, b""

    assert containers.delete(client, "cntr_1", label="Analysis") is True
    assert containers.delete(client, "cntr_2") is False
    assert recorder.events[0][1]["action"] == "container.deleted"


def test_a_file_of_the_resource_is_put_into_a_container(client, upstream, recorder):
    upstream["POST /containers/cntr_1/files"] = 200, FILE

    containers.add_file(client, "cntr_1", "file-1", label="data.csv")

    (request,) = upstream.requests
    assert b'name="file_id"\r\n\r\nfile-1\r\n' in request.body
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert recorder.events[0][1]["action"] == "container_file.created"
    assert recorder.events[0][1]["target"] == Target("container", "cntr_1", "data.csv")


def test_a_file_is_sent_into_a_container(client, upstream):
    upstream["POST /containers/cntr_1/files"] = 200, FILE

    containers.upload_file(client, "cntr_1", io.BytesIO(b"a,b\n"), name="data.csv", size=4)

    assert b'filename="data.csv"' in upstream.requests[0].body


def test_a_file_of_a_container_is_read_and_deleted(client, upstream, recorder):
    path = "/containers/cntr_1/files/cfile_1"
    upstream[f"GET {path}"] = 200, FILE
    upstream[f"GET {path}/content"] = 200, b"0123456789", {"content-type": "image/png"}
    upstream[f"DELETE {path}"] = 200, b""
    written = []

    assert containers.get_file(client, "cntr_1", "cfile_1").path == "/mnt/data/plot.png"
    assert containers.part(client, "cntr_1", "cfile_1", start=1, length=2).data == b"12"
    assert containers.download(client, "cntr_1", "cfile_1", written.append).size == 10
    with containers.opened(client, "cntr_1", "cfile_1") as opened:
        assert opened.kind == "image/png"
    assert containers.delete_file(client, "cntr_1", "cfile_1") is True
    assert recorder.events[0][1]["action"] == "container_file.deleted"
