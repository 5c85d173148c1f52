"""The one retry policy."""

import pytest

from console.outbound.errors import (
    BlockedByPolicy,
    ConnectionLost,
    ConnectTimeout,
    FirstByteTimeout,
    NotFound,
    RateLimited,
    ServerFailed,
    TlsError,
)
from console.outbound.retry import RetryBudget, delay_before_retry, told_to_wait


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "999999"}, 999999.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "NaN"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "2, 7"}, 7.0),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "Wed, 18 Nov 2026 11:07:00 GMT"}, 20.0),
        ({"retry-after": "Wed, 18 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 99 Nov 2026 11:00:00 GMT"}, None),
    ],
)
def test_the_wait_that_was_asked_for(headers, seconds):
    assert told_to_wait(headers, now=1_795_000_000.0) == seconds


@pytest.mark.parametrize("error", [ServerFailed(status=503), RateLimited(status=429), ConnectionLost()])
def test_a_read_is_repeated_after_a_passing_failure(error):
    first, second = (delay_before_retry(error, method="GET", attempt=number) for number in (1, 2))

    assert 0.2 < first <= 0.5
    assert 0.4 < second <= 1.0
    assert delay_before_retry(error, method="GET", attempt=3) is None


@pytest.mark.parametrize(
    "error", [ServerFailed(status=501), NotFound(status=404), FirstByteTimeout(), TlsError(sent=False)]
)
def test_a_read_is_not_repeated_after_a_lasting_failure(error):
    assert delay_before_retry(error, method="GET", attempt=1) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_repeated_only_when_no_byte_left(method):
    assert delay_before_retry(ServerFailed(status=503), method=method, attempt=1) is None
    assert delay_before_retry(ConnectionLost(), method=method, attempt=1) is None
    assert delay_before_retry(ConnectTimeout(sent=False), method=method, attempt=1) is not None
    assert delay_before_retry(BlockedByPolicy(sent=False), method=method, attempt=1) is None


def test_the_upstream_may_decide_for_reads():
    assert delay_before_retry(ServerFailed(status=503), method="GET", attempt=1, hint="false") is None
    assert delay_before_retry(ServerFailed(status=409), method="GET", attempt=1, hint="true") is not None
    assert delay_before_retry(ServerFailed(status=503), method="POST", attempt=1, hint="true") is None


def test_the_wait_is_obeyed_with_a_little_jitter():
    delays = {
        delay_before_retry(RateLimited(status=429, retry_after=3.0), method="GET", attempt=1)
        for _ in range(20)
    }

    assert all(3.0 <= delay < 3.1 for delay in delays)
    assert len(delays) > 1


def test_more_than_two_minutes_are_refused():
    assert delay_before_retry(RateLimited(status=429, retry_after=121.0), method="GET", attempt=1) is None


def test_the_budget_is_ten_retries_and_then_a_fifth_of_the_calls():
    budget = RetryBudget()
    burst = sum(budget.spend() for _ in range(50))
    later = 0
    for _ in range(100):
        budget.called()
        later += budget.spend()

    assert (burst, later) == (10, 20)
