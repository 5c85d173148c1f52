"""Running the simulator under uvicorn, from the command line or from another program."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from console.simulator.app import create_app
from console.simulator.world import DEFAULT_TOKEN_LIFETIME


def serve(
    *,
    port: int,
    key: str,
    host: str = "127.0.0.1",
    seed: int = 0,
    speed: float = 1.0,
    state: str | Path | None = None,
    token_lifetime: int = DEFAULT_TOKEN_LIFETIME,
    files: int = 0,
    furnish: bool = False,
    certificate: str | None = None,
    certificate_key: str | None = None,
    log_level: str = "warning",
) -> None:
    """Serve until stopped; with a certificate over HTTPS, which azure-identity demands of an authority."""
    app = create_app(
        key=key,
        seed=seed,
        speed=speed,
        state=state,
        token_lifetime=token_lifetime,
        files=files,
        furnished=furnish,
    )
    uvicorn.run(
        app,
        host=host,
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=certificate_key,
        log_level=log_level,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # longer than clients keep idle connections, so that none closes while it is taken again
        backlog=2048,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m console.simulator`."""
    options = _parser().parse_args(arguments)
    if not options.key:
        raise SystemExit("The simulator needs a key: --key KEY or SIMULATOR_KEY.")
    serve(**vars(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m console.simulator", description="A simulated Azure OpenAI."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", default=os.environ.get("SIMULATOR_KEY", ""), help="the key it accepts")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same answers")
    parser.add_argument("--speed", type=float, default=1.0, help="multiplies every wait; 0 = no waiting")
    parser.add_argument("--state", help="a JSON file for what must survive a restart")
    parser.add_argument("--token-lifetime", type=int, default=DEFAULT_TOKEN_LIFETIME, help="seconds")
    parser.add_argument("--files", type=int, default=0, help="adds a resource `bulk` with so many files")
    parser.add_argument("--furnish", action="store_true", help="fills the resources at the first start")
    parser.add_argument("--certificate", help="PEM file, to serve HTTPS")
    parser.add_argument("--certificate-key", help="PEM file")
    parser.add_argument("--log-level", default="warning")
    return parser
