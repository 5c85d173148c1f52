"""The two health pages: one needs nothing, the other names what is missing."""

import time

import pytest
from django.core.cache import cache

from console import heartbeat
from console.models import AuditEvent, audit, audit_spool
from console.models.audit_check import verify_and_record
from console.views import health

ALIEN = {"host": "10.1.2.3:8000"}


def test_living_needs_no_database_and_no_known_host(client):
    response = client.get("/healthz", headers=ALIEN)

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_readiness_names_every_part(client):
    heartbeat.note()

    response = client.get("/readyz", headers=ALIEN)

    assert response.status_code == 200
    told = response.json()
    assert told["status"] == "ok"
    assert {name: part["state"] for name, part in told["parts"].items()} == dict.fromkeys(
        ["database", "broker", "worker", "disk", "audit"], "ok"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("seen", "words"), [(None, "no worker"), (600, "no sign of a worker for 600 seconds")]
)
def test_an_absent_worker_is_named(client, seen, words):
    if seen:
        cache.set(heartbeat.KEY, time.time() - seen)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert words in response.json()["parts"]["worker"]["detail"]
    assert response.json()["parts"]["database"]["state"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_named(client, monkeypatch):
    monkeypatch.setattr(health, "FREE_SPACE", 1 << 80)

    assert "MiB are free" in client.get("/readyz").json()["parts"]["disk"]["detail"]


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_away_is_named_without_its_password(client, settings):
    settings.REDIS_URL = "redis://:canary-password@127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.json()["parts"]["broker"] == {
        "state": "failing",
        "detail": "not reachable (ConnectionError)",
    }
    assert b"canary" not in response.content


@pytest.mark.django_db(transaction=True)
def test_a_broken_chain_is_named(client):
    audit.record("audit.verified")
    AuditEvent.objects.update(actor_label="nobody")
    verify_and_record()

    assert "broken" in client.get("/readyz").json()["parts"]["audit"]["detail"]


@pytest.mark.django_db(transaction=True)
def test_outcomes_that_wait_are_named(client):
    audit_spool.keep({"event_id": "x"})
    try:
        assert "wait" in client.get("/readyz").json()["parts"]["audit"]["detail"]
    finally:
        audit_spool.spool().unlink()


def test_a_check_that_hangs_does_not_hang_the_page(monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    release = __import__("threading").Event()

    problems = health.ask({"database": lambda: "late" if release.wait(10) else "", "disk": lambda: ""})
    release.set()

    assert problems == {"database": "no answer within 0 seconds", "disk": ""}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client, path):
    assert client.post(path).status_code == 405
