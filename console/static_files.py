"""Collects the static files under hashed names, only when one of them has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def fingerprint() -> str:
    """Return a digest of every static file's name, size and time."""
    digest = hashlib.sha256(settings.VERSION.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect() -> None:
    """Bring `DATA_DIR/static` up to date."""
    mark = Path(settings.STATIC_ROOT) / ".fingerprint"
    current = fingerprint()
    if not mark.is_file() or mark.read_text() != current:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        mark.write_text(current)
