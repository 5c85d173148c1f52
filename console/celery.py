"""The Celery app. It only wakes workers: what is to be done stands in the database, so a lost message loses nothing."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import task_postrun, worker_ready

from console import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
app = Celery("console")


def configuration() -> dict[str, Any]:
    from django.conf import settings

    common: dict[str, Any] = {
        "accept_content": ["json"],
        "beat_schedule": {
            "sync-due": {"task": "console.tasks.sync_due", "schedule": timedelta(seconds=60)},
            "follow-work": {"task": "console.tasks.follow_work", "schedule": timedelta(seconds=60)},
            "end-abandoned-answers": {
                "task": "console.tasks.end_abandoned_answers",
                "schedule": timedelta(seconds=15),
            },
            "wake-jobs": {"task": "console.tasks.wake_jobs", "schedule": timedelta(seconds=15)},
            "keep-audit": {"task": "console.tasks.keep_audit", "schedule": timedelta(seconds=60)},
            "sweep-uploads": {"task": "console.tasks.sweep_uploads", "schedule": timedelta(minutes=10)},
            "verify-audit": {"task": "console.tasks.verify_audit", "schedule": timedelta(hours=24)},
        },
        "beat_schedule_filename": str(settings.DATA_DIR / "beat"),
        "broker_connection_retry_on_startup": True,
        "imports": ["console.tasks"],
        "task_acks_late": True,
        "task_ignore_result": True,
        "task_reject_on_worker_lost": True,
        "task_serializer": "json",
        "timezone": "UTC",
        "worker_hijack_root_logger": False,
        "worker_prefetch_multiplier": 1,
    }
    return common | (redis(settings.REDIS_URL) if settings.REDIS_URL else files(settings.DATA_DIR / "broker"))


def redis(url: str) -> dict[str, Any]:
    return {
        "broker_url": url,
        "broker_transport_options": {
            "visibility_timeout": 3600,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
        },
    }


def files(folder: Path) -> dict[str, Any]:
    """The embedded broker: messages are files. TMPDIR stands beside the queue, so that a message moves by renaming."""
    for name in ("queue", "processed", "control", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(folder / "tmp")
    return {
        "broker_url": "filesystem://",
        "broker_transport": "console.broker:Transport",
        "broker_transport_options": {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "processed_folder": str(folder / "processed"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.5,
        },
    }


app.config_from_object(configuration())


@worker_ready.connect
@task_postrun.connect
def note_life(**_: Any) -> None:
    """Tell the web processes that a worker lives (console/heartbeat.py)."""
    heartbeat.note()
