"""What a new single-machine installation needs before Django can start: a data folder and keys of its own."""

import base64
import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
KEYS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "ENCRYPTION_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def data_dir() -> Path:
    """Return the folder of everything that the console writes on this machine (`DATA_DIR`, default `var`)."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()


def key_file(name: str) -> Path:
    """Return where `manage.py up` keeps the key `name` when the environment does not bring one."""
    return data_dir() / "keys" / name.lower()


def prepare() -> None:
    """Make the data folder and each key that neither the environment nor an earlier start brought."""
    folder = data_dir() / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, make in KEYS.items():
        if not (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
            write_once(key_file(name), make())


def write_once(path: Path, text: str) -> None:
    """Write `text` to a new file that only its owner can read; leave an existing file as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
