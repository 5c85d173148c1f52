"""The vocabulary and the tree of errors."""

import pickle

import pytest

from console.outbound.errors import CLASSES, ERROR_KINDS, UpstreamError, error_of

VOCABULARY = [
    *("auth_failed", "forbidden", "not_found", "conflict", "bad_request", "content_filtered", "rate_limited"),
    *("quota_exceeded", "upstream_error", "timeout_connect", "timeout_first_byte", "timeout_idle"),
    *("timeout_total", "connection_lost", "protocol_error", "too_large", "tls_error", "upstream_redirect"),
    *(
        "blocked_by_policy",
        "credential_unreadable",
        "limiter_unavailable",
        "audit_unavailable",
        "slow_client",
    ),
    *("permission_revoked", "cancelled", "interrupted", "unknown_outcome"),
]


def test_the_vocabulary_is_complete():
    assert sorted(ERROR_KINDS) == sorted(VOCABULARY) == sorted(CLASSES)


@pytest.mark.parametrize("kind", VOCABULARY)
def test_every_kind_says_what_happened_and_what_to_do(kind):
    words = ERROR_KINDS[kind]

    assert words.sentence.endswith(".")
    assert words.remedy.endswith(".")
    assert 400 <= words.status < 600
    assert words.status != 500


@pytest.mark.parametrize("kind", VOCABULARY)
def test_every_error_survives_pickling_whole(kind):
    error = error_of(kind)(
        "It broke.",
        remedy="Mend it.",
        status=418,
        code="c",
        param="p",
        detail="d",
        request_id="r",
        retry_after=1.5,
        content_filter={"hate": {"filtered": True}},
        sent=False,
        attempts=3,
        region="Sweden Central",
    )

    twin = pickle.loads(pickle.dumps(error))

    assert type(twin) is type(error)
    assert vars(twin) == vars(error)
    assert (str(twin), twin.kind, twin.title) == ("It broke.", kind, ERROR_KINDS[kind].title)


def test_a_copy_is_another_object_with_the_same_values():
    error = error_of("not_found")("Gone.", request_id="r")

    assert error.copy() is not error
    assert vars(error.copy()) == vars(error)


def test_an_error_without_words_of_its_own_uses_those_of_its_kind():
    error = error_of("timeout_idle")()

    assert error.message == ERROR_KINDS["timeout_idle"].sentence
    assert (error.remedy, error.page_status) == (ERROR_KINDS["timeout_idle"].remedy, 504)


def test_an_unknown_kind_is_an_upstream_error():
    assert error_of("no such kind") is UpstreamError


def test_details_are_capped():
    assert len(UpstreamError(detail="x" * 9000).detail) == 2000
