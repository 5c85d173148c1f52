"""The settings of the tests: the product's own, with keys and a data folder for one run."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "tests-only-" + "k" * 40)
os.environ.setdefault("ENCRYPTION_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="console-tests-")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")
worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if worker and os.environ.get("REDIS_URL"):  # each process empties its cache after a test
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + int(worker)}"

from console.settings import *  # noqa: E402, F403
from console.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
(DATA_DIR / "static").mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF"
