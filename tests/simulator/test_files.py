from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import Simulator, create_app
from console.simulator.multipart import _Parts
from tests.contract.spec import answer_flaws
from tests.simulator.conftest import KEY, Hands

URL = "/openai/v1/files"
LINES = b'{"a": 1}\n{"a": 2}\n'


@pytest.fixture
def timed(hands: Hands) -> TestClient:
    """A client of a simulator whose time passes when the test says so."""
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def upload(peer: TestClient, content: bytes = LINES, name: str = "a.jsonl", **form: str) -> dict[str, Any]:
    answer = peer.post(URL, files={"file": (name, content)}, data={"purpose": "fine-tune", **form})
    told: dict[str, Any] = answer.json()
    assert answer_flaws("POST", URL, answer.status_code, told) == []
    return told


def test_an_uploaded_file_is_pending_and_then_processed(timed: TestClient, hands: Hands) -> None:
    told = upload(timed)
    assert (told["status"], told["bytes"], told["filename"]) == ("pending", 18, "a.jsonl")

    hands.time += 2

    assert timed.get(f"{URL}/{told['id']}").json()["status"] == "processed"
    assert told["id"].startswith("file-")


def test_an_empty_file_ends_in_an_error_that_is_explained(peer: TestClient) -> None:
    told = upload(peer, b"")

    assert (told["status"], told["status_details"]) == ("error", "The file is empty.")


def test_the_bytes_come_back_whole_and_in_ranges(peer: TestClient) -> None:
    content = bytes(range(256)) * 1000
    url = f"{URL}/{upload(peer, content)['id']}/content"

    assert peer.get(url).content == content
    part = peer.get(url, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == "bytes 10-19/256000"
    assert peer.get(url, headers={"range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize("name", ["data.jsonl", 'with "quotes".md', "größe.txt", "a b;c.txt"])
def test_a_name_survives_the_way(peer: TestClient, name: str) -> None:
    assert upload(peer, b"x", name)["filename"] == name


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"purpose": "vision"}, "purpose"),
        ({"purpose": "user_data"}, "purpose"),
        ({"purpose": ""}, "purpose"),
        ({"expires_after[seconds]": "7200"}, "expires_after.anchor"),
        ({"expires_after[anchor]": "created_at"}, "expires_after.seconds"),
        ({"expires_after[anchor]": "never", "expires_after[seconds]": "7200"}, "expires_after.anchor"),
        ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "5"}, "expires_after.seconds"),
        ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "x"}, "expires_after.seconds"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(
    peer: TestClient, app: Simulator, form: dict[str, str], param: str
) -> None:
    answer = peer.post(URL, files={"file": ("a.txt", b"x")}, data={"purpose": "batch", **form})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert peer.get(URL).json()["data"] == []
    assert not any(app.world.blobs.path("x").parent.iterdir())


def test_a_form_without_a_file_is_refused(peer: TestClient) -> None:
    boundary = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}

    assert peer.post(URL, content=boundary, headers=headers).json()["error"]["param"] == "file"
    assert peer.post(URL, content=boundary[:-8], headers=headers).status_code == 400
    assert peer.post(URL, json={}).status_code == 400


@pytest.mark.parametrize("spelling", ["expires_after[{}]", "expires_after.{}"])
def test_a_file_expires(timed: TestClient, hands: Hands, spelling: str) -> None:
    fields = {spelling.format("anchor"): "created_at", spelling.format("seconds"): "1209600"}
    told = upload(timed, purpose="batch", **fields)
    assert told["expires_at"] == told["created_at"] + 1209600

    hands.time += 1209601

    assert timed.get(URL).json()["data"] == []
    assert timed.get(f"{URL}/{told['id']}").status_code == 404


def test_files_are_listed_newest_first_by_purpose_in_pages(peer: TestClient) -> None:
    ids = [upload(peer, name=f"{number}.jsonl")["id"] for number in range(5)]
    upload(peer, purpose="batch")

    first = peer.get(URL, params={"purpose": "fine-tune", "limit": 2}).json()
    rest = peer.get(URL, params={"purpose": "fine-tune", "after": first["last_id"]}).json()

    assert answer_flaws("GET", URL, 200, first) == []
    assert [row["id"] for row in first["data"] + rest["data"]] == ids[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert peer.get(URL, params={"order": "asc", "limit": 1}).json()["first_id"] == ids[0]


def test_a_deleted_file_is_gone_with_its_bytes(peer: TestClient, app: Simulator) -> None:
    told = upload(peer)
    answer = peer.delete(f"{URL}/{told['id']}")

    assert answer.json() == {"id": told["id"], "object": "file", "deleted": True}
    assert peer.get(f"{URL}/{told['id']}").status_code == 404
    assert peer.get(f"{URL}/{told['id']}/content").status_code == 404
    assert not app.world.blobs.path(told["id"]).exists()


def test_files_of_one_resource_are_not_those_of_another(peer: TestClient) -> None:
    told = upload(peer)

    assert peer.get(f"/resources/fabrikam-models{URL}/{told['id']}").status_code == 404


def test_uploads_in_parts_do_not_exist(peer: TestClient) -> None:
    answer = peer.post("/openai/v1/uploads", json={"filename": "a", "purpose": "batch", "bytes": 1})

    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "Resource not found"


def test_files_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with TestClient(create_app(key=KEY, speed=0, state=state), headers={"api-key": KEY}) as peer:
        told = upload(peer)
    with TestClient(create_app(key=KEY, speed=0, state=state), headers={"api-key": KEY}) as peer:
        assert peer.get(f"{URL}/{told['id']}/content").content == LINES


def test_very_many_files_are_listed_page_by_page() -> None:
    peer = TestClient(create_app(key=KEY, speed=0, files=25_000), headers={"api-key": KEY})
    url = f"/resources/bulk{URL}"

    seen: list[str] = []
    page = peer.get(url).json()
    while page["has_more"]:
        seen += [row["id"] for row in page["data"]]
        page = peer.get(url, params={"after": page["last_id"]}).json()
    seen += [row["id"] for row in page["data"]]

    assert len(set(seen)) == len(seen) == 25_000


def test_a_computed_file_can_be_read_and_deleted() -> None:
    peer = TestClient(create_app(key=KEY, speed=0, files=50), headers={"api-key": KEY})
    url = f"/resources/bulk{URL}"
    row = peer.get(url, params={"purpose": "batch"}).json()["data"][0]

    assert len(peer.get(f"{url}/{row['id']}/content").content) == row["bytes"]
    peer.delete(f"{url}/{row['id']}")
    assert peer.get(f"{url}/{row['id']}").status_code == 404
    assert len(peer.get(url).json()["data"]) == 49


@pytest.mark.parametrize("size", [1, 3, 17, 4096])
def test_a_form_may_come_in_pieces_of_any_size(tmp_path: Path, size: int) -> None:
    content = b"--b is not a boundary\r\n--other\r\n" * 20
    head = b'--bound\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--bound\r\n'
    head += (
        b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    )
    body = head + content + b"\r\n--bound--\r\nan epilogue"
    parts = _Parts(b"bound", lambda: (tmp_path / "out").open("wb"), 10**6)

    for start in range(0, len(body), size):
        parts.feed(body[start : start + size])

    assert parts.ended
    assert (parts.form.fields, parts.form.filename) == ({"purpose": "batch"}, "a.txt")
    assert (tmp_path / "out").read_bytes() == content


def test_no_more_of_a_big_file_is_held_than_a_piece(tmp_path: Path) -> None:
    parts = _Parts(b"bound", lambda: (tmp_path / "out").open("wb"), 10**9)
    parts.feed(b'--bound\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n')

    for _ in range(100):
        parts.feed(b"\r\n" * 32_768)
        assert len(parts._buffer) < 70_000
    parts.close()


@pytest.mark.parametrize(
    "path",
    ["files", "vector_stores", "batches", "containers", "fine_tuning/jobs", "chat/completions", "evals"],
)
def test_a_list_without_rows_is_a_list(peer: TestClient, path: str) -> None:
    told = peer.get(f"/openai/v1/{path}", headers={"aoai-evals": "preview"}).json()

    assert (told["object"], told["data"], told["has_more"]) == ("list", [], False)
    if path != "chat/completions":
        assert answer_flaws("GET", f"/openai/v1/{path}", 200, told) == []


def test_nothing_is_left_behind_without_a_state() -> None:
    app = create_app(key=KEY, speed=0)
    with TestClient(app, headers={"api-key": KEY}) as peer:
        folder = app.world.blobs.path(upload(peer)["id"]).parent
        assert folder.is_dir()

    assert not folder.exists()
