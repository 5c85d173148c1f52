"""What a new installation needs before Django can start: a data folder, keys, and the servers of the demo."""

import base64
import os
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
KEYS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "ENCRYPTION_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}
DEFAULT_PORT = 8000


def data_dir() -> Path:
    """Return the folder of everything that the console writes on this machine (`DATA_DIR`, default `var`)."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()


def key_file(name: str) -> Path:
    """Return where `manage.py up` keeps the key `name` when the environment does not bring one."""
    return data_dir() / "keys" / name.lower()


def prepare(arguments: Sequence[str]) -> None:
    """Make what `manage.py up` needs and tell it to every process through the environment.

    `arguments` are those of the command line; only `--port`, `--demo` and `--local-model` matter here.
    Exits with a sentence when the port is taken.
    """
    folder = data_dir() / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, make in KEYS.items():
        if not (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
            write_once(key_file(name), make())
    port = chosen_port(arguments)
    os.environ["DATA_DIR"] = str(data_dir())
    os.environ["PORT"] = str(port)
    if "--demo" in arguments:
        os.environ["DEMO"] = "1"
        prepare_server("SIMULATOR", port + 1)
    if "--local-model" in arguments:
        prepare_server("LOCAL_MODEL", port + 2)


def prepare_server(name: str, port: int) -> None:
    """Choose where a server of ours listens on loopback, and allow that address alone."""
    write_once(key_file(f"{name}_KEY"), secrets.token_hex(16))
    address = f"127.0.0.1:{free_port(port)}"
    allowed = os.environ.get("OUTBOUND_ALLOW_HOSTS", "")
    os.environ[f"{name}_URL"] = f"http://{address}"
    os.environ[f"{name}_KEY"] = key_file(f"{name}_KEY").read_text()
    os.environ["OUTBOUND_ALLOW_HOSTS"] = f"{allowed},{address}" if allowed else address


def chosen_port(arguments: Sequence[str]) -> int:
    """Return `--port N`, else `PORT`, else 8000; exits when it is no port or is taken."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    for number, argument in enumerate(arguments):
        if argument == "--port":
            text = "".join(arguments[number + 1 : number + 2])
        elif argument.startswith("--port="):
            text = argument.removeprefix("--port=")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    if not is_free(int(text)):
        sys.exit(f"Port {text} is in use. Choose another one: PORT={int(text) + 10} make run")
    return int(text)


def free_port(start: int) -> int:
    """Return the first free port from `start` on."""
    return next(port for port in range(start, 65536) if is_free(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_once(path: Path, text: str) -> None:
    """Write `text` to a new file that only its owner can read; leave an existing file as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
