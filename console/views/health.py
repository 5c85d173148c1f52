"""Whether this process lives, and whether what it needs is there; for supervisors and load balancers."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from console import heartbeat
from console.models.audit_check import last_check
from console.models.audit_spool import spool

PATIENCE = 2.0  # seconds for all checks together, which run side by side
WORKER_SILENCE = 120.0  # seconds; a worker ends a task at least every 15
FREE_SPACE = 1 << 30  # bytes
Check = Callable[[], str]


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Name each part and its problem: `{"status": "ok"|"failing", "parts": {name: {"state", "detail"}}}`."""
    problems = ask(
        {"database": database, "broker": broker, "worker": worker, "disk": disk, "audit": audit_trail}
    )
    parts = {
        name: {"state": "failing" if detail else "ok", "detail": detail} for name, detail in problems.items()
    }
    failing = any(problems.values())
    return JsonResponse(
        {"status": "failing" if failing else "ok", "parts": parts}, status=503 if failing else 200
    )


def ask(checks: dict[str, Check]) -> dict[str, str]:
    """Run all checks side by side; a check returns the problem it found, or nothing."""
    pool = ThreadPoolExecutor(max_workers=len(checks), thread_name_prefix="health")
    asked = {name: pool.submit(careful, check) for name, check in checks.items()}
    wait(asked.values(), timeout=PATIENCE)
    problems = {name: told(one) for name, one in asked.items()}
    pool.shutdown(wait=False, cancel_futures=True)
    return problems


def careful(check: Check) -> str:
    """Run one check in its own thread; whatever it raises is a problem, whose text may hold secrets."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - each library has errors of its own
        return f"not reachable ({type(error).__name__})"
    finally:
        connection.close()


def told(answer: Future[str]) -> str:
    return answer.result() if answer.done() else f"no answer within {PATIENCE:.0f} seconds"


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return ""


def broker() -> str:
    """Redis must answer; the embedded broker needs to write files."""
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as server:
            server.ping()
    else:
        folder = settings.DATA_DIR / "broker" / "queue"
        with tempfile.TemporaryFile(dir=folder if folder.is_dir() else settings.DATA_DIR):
            pass
    return ""


def worker() -> str:
    silence = heartbeat.age()
    if silence is None:
        return "no worker has been seen yet"
    return f"no sign of a worker for {silence:.0f} seconds" if silence > WORKER_SILENCE else ""


def disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return f"only {free >> 20} MiB are free for data" if free < FREE_SPACE else ""


def audit_trail() -> str:
    """The last verification must have found the chain intact, and no outcome may wait outside of it."""
    checked = last_check()
    if checked is not None and checked.outcome != "success":
        return "the last verification found the chain broken"
    return "outcomes wait to be written" if spool().exists() else ""
