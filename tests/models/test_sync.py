from datetime import timedelta

import pytest
from django.utils import timezone

from console.models import Sync

pytestmark = pytest.mark.django_db


def stored(sync: Sync) -> Sync:
    return Sync.objects.get(pk=sync.pk)


def lose_lease(sync: Sync) -> None:
    Sync.objects.filter(pk=sync.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_sync_is_claimed_once(connection):
    assert Sync.claim(connection.pk, "model") is not None
    assert Sync.claim(connection.pk, "model") is None


def test_two_kinds_are_claimed_side_by_side(connection):
    assert Sync.claim(connection.pk, "model") is not None
    assert Sync.claim(connection.pk, "deployment") is not None


def test_a_lease_that_ran_out_can_be_claimed(connection):
    lose_lease(Sync.claim(connection.pk, "model"))

    assert Sync.claim(connection.pk, "model") is not None


def test_progress_renews_the_lease(connection):
    sync = Sync.claim(connection.pk, "model")
    lose_lease(sync)

    assert sync.advance(count=200, cursor="m-200") is True
    assert (stored(sync).count, stored(sync).cursor, stored(sync).is_running) == (200, "m-200", True)


def test_who_lost_the_lease_to_another_makes_no_progress_and_ends_nothing(connection):
    first = Sync.claim(connection.pk, "model")
    lose_lease(first)
    second = Sync.claim(connection.pk, "model")

    assert first.advance(count=1) is False
    first.complete(total=1, facets={})
    assert stored(second).state == Sync.State.RUNNING


def test_a_broken_off_listing_is_gone_on_with(connection):
    first = Sync.claim(connection.pk, "file")
    first.advance(count=400, cursor="file-400")
    lose_lease(first)

    second = Sync.claim(connection.pk, "file")

    assert (second.cursor, second.count, second.started_at) == ("file-400", 400, first.started_at)


def test_a_listing_that_failed_on_the_way_is_gone_on_with(connection):
    first = Sync.claim(connection.pk, "file")
    first.advance(count=400, cursor="file-400")
    first.fail("timeout_total", "Too slow.")

    assert Sync.claim(connection.pk, "file").cursor == "file-400"


def test_a_cursor_that_led_nowhere_is_forgotten(connection):
    first = Sync.claim(connection.pk, "file")
    first.advance(count=400, cursor="file-400")
    first.fail("timeout_total", "Too slow.")
    Sync.claim(connection.pk, "file").fail("bad_request", "No such cursor.")

    assert Sync.claim(connection.pk, "file").cursor == ""


def test_a_listing_left_long_ago_starts_anew(connection):
    first = Sync.claim(connection.pk, "file")
    first.advance(count=400, cursor="file-400")
    Sync.objects.update(started_at=timezone.now() - timedelta(hours=2), lease_until=None)

    second = Sync.claim(connection.pk, "file")

    assert (second.cursor, second.count) == ("", 0)


def test_a_complete_listing_says_when_and_what(connection):
    sync = Sync.claim(connection.pk, "model")
    sync.complete(total=3, facets={"family": {"gpt-5": 3}})

    done = stored(sync)
    assert (done.state, done.total, done.facets, done.is_running) == (
        "done",
        3,
        {"family": {"gpt-5": 3}},
        False,
    )
    assert done.listed_at is not None


def test_a_failure_keeps_what_was_listed_before(connection):
    Sync.claim(connection.pk, "model").complete(total=3, facets={})
    listed_at = Sync.objects.get().listed_at
    Sync.claim(connection.pk, "model").fail("auth_failed", "The key was refused.")

    failed = Sync.objects.get()
    assert (failed.state, failed.error_kind, failed.total) == ("failed", "auth_failed", 3)
    assert failed.listed_at == listed_at


def test_a_success_ends_the_row_of_failures(connection):
    Sync.claim(connection.pk, "model").fail("auth_failed", "The key was refused.")
    Sync.claim(connection.pk, "model").complete(total=0, facets={})

    assert (Sync.objects.get().failures, Sync.objects.get().error_kind) == (0, "")


def test_cancelling_stops_the_listing_at_its_next_page(connection):
    sync = Sync.claim(connection.pk, "model")

    assert stored(sync).cancel() is True
    assert sync.advance(count=1) is False
    assert stored(sync).state == Sync.State.CANCELLED


def test_a_cancelled_listing_stays_cancelled_when_it_ends(connection):
    sync = Sync.claim(connection.pk, "model")
    stored(sync).cancel()
    sync.fail("timeout_total", "Too slow.")

    assert stored(sync).state == Sync.State.CANCELLED


def test_what_does_not_run_cannot_be_cancelled(connection):
    sync = Sync.claim(connection.pk, "model")
    sync.complete(total=0, facets={})

    assert stored(sync).cancel() is False


def test_each_failure_makes_the_next_attempt_wait_longer():
    ended = timezone.now() - timedelta(minutes=3)

    assert Sync(finished_at=ended, failures=1).is_stale(timedelta(minutes=1)) is True
    assert Sync(finished_at=ended, failures=2).is_stale(timedelta(minutes=1)) is False
