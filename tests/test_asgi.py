import asyncio

import pytest
from django.conf import settings

from console.asgi import limited

SESSION = (b"cookie", f"a=b; {settings.SESSION_COOKIE_NAME}=x".encode())
PART = "/uploads/00000000-0000-4000-8000-000000000000/parts/0/"
MIB = 1024 * 1024


def answers(path: str, size: int, *headers: tuple[bytes, bytes]) -> list[int]:
    """The statuses that a POST gets which says it has `size` bytes, and whose sender leaves before the first."""
    statuses: list[int] = []

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    length = (b"content-length", str(size).encode())
    scope = {"type": "http", "method": "POST", "path": path, "headers": [length, *headers]}
    asyncio.run(limited(scope, receive, send))
    return statuses


@pytest.mark.parametrize(
    ("path", "size", "headers"),
    [
        ("/", 64 * 1024 + 1, []),
        ("/accounts/login/", 600 * MIB, []),
        (PART, 8 * MIB, []),
        ("/", 2_621_441, [SESSION]),
        (PART, 9 * MIB + 1, [SESSION]),
        (PART + "more/", 8 * MIB, [SESSION]),
        ("/", -1, [SESSION]),
    ],
)
def test_a_body_beyond_the_limit_is_refused_unread(path, size, headers):
    assert answers(path, size, *headers) == [413]


@pytest.mark.parametrize(
    ("path", "size", "headers"),
    [("/", 64 * 1024, []), ("/", 2_621_440, [SESSION]), (PART, 8 * MIB, [SESSION])],
)
def test_a_body_within_the_limit_is_read(path, size, headers):
    assert answers(path, size, *headers) == []


# Django leaves the buffer of a body that was broken off to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_body_that_says_nothing_of_its_size_is_counted():
    statuses: list[int] = []
    read = 0

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> dict:
        nonlocal read
        read += 16 * 1024
        return {"type": "http.request", "body": b"x" * 16 * 1024, "more_body": True}

    scope = {"type": "http", "method": "POST", "path": "/accounts/login/", "headers": []}
    asyncio.run(limited(scope, receive, send))

    assert statuses == [413]
    assert read <= 64 * 1024 + 16 * 1024
