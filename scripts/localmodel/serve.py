#!/usr/bin/env python3
"""Serve the local demo model on 127.0.0.1 until the parent goes away.

Run it with the environment that install.py made:

    .localmodel/venv/bin/python scripts/localmodel/serve.py --dir .localmodel

Standard output carries exactly one line, once the model answers:

    ready http://127.0.0.1:PORT/v1 model=qwen2.5-coder-1.5b-instruct

The log of llama.cpp goes to standard error with --verbose, and nowhere
without it. The server ends when its standard input closes or on SIGTERM or
SIGINT, so a parent that holds the other end of that pipe leaves no orphan,
even when it is killed.

Exit status: 0 ended as asked; 1 the model could not be served; 2 wrong usage.
"""

import argparse
import http.client
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

HOST = "127.0.0.1"
MODEL_NAME = "qwen2.5-coder-1.5b-instruct"

# A demo article with its prompt and answer is some 3,000 tokens; 8,192 leaves
# room for the user's own and costs 230 MB of key-value cache.
CONTEXT_TOKENS = 8192
# Loading from a cold, slow disk is the long part: 1.1 GB at 20 MB/s.
START_SECONDS = 90


def main(argv=None):
    args = parse_args(argv)
    model = args.dir / "model.gguf"
    if not model.is_file():
        return complain("%s is missing: run scripts/localmodel/install.py --dir %s first" % (model, args.dir))
    # libgomp reads this when it is loaded. Its threads otherwise spin at every
    # barrier, which on a machine with other work makes a token take seconds.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import xllamacpp
    except ImportError as err:
        return complain("%s: run this with %s/venv/bin/python, which install.py makes" % (err, args.dir))

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    threading.Thread(target=wait_for_eof, args=(ended,), daemon=True).start()

    out = claim_stdout(args.verbose)
    port = args.port or free_port()
    try:
        server = xllamacpp.Server(server_params(xllamacpp, model, port, args))  # noqa: F841: lives as long as this object.
    except (RuntimeError, ValueError) as err:
        return complain("start the model server: %s" % err)
    problem = wait_until_ready(port, ended)
    if problem:
        return complain(problem)
    if not ended.is_set():
        out.write("ready http://%s:%d/v1 model=%s\n" % (HOST, port, MODEL_NAME))
        out.flush()
        ended.wait()
    # At once, with the server alive: taking it down in order would wait for the
    # call in flight, and there is nothing to save.
    os._exit(0)


def parse_args(argv):
    parser = argparse.ArgumentParser(description="Serve the local demo model on 127.0.0.1.")
    parser.add_argument("--dir", type=Path, default=Path(".localmodel"), help="where install.py put the model")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--threads", type=int, default=usable_cpus(), help="threads to compute with")
    parser.add_argument("--verbose", action="store_true", help="show the log of llama.cpp on standard error")
    return parser.parse_args(argv)


def usable_cpus():
    """CPUs this process may use, at most 8: more do not speed up so small a model."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        count = os.cpu_count() or 1
    return min(count, 8)


def server_params(xllamacpp, model, port, args):
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {MODEL_NAME}
    params.hostnames = [HOST]
    params.port = port
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = args.threads
    params.cpuparams_batch.n_threads = args.threads
    params.cache_ram_mib = 0  # One slot keeps the shared prompt prefix; more would only hold memory.
    params.ui = False
    params.offline = True
    return params


def claim_stdout(verbose):
    """Keep standard output for the ready line: llama.cpp writes to it from C++."""
    out = os.fdopen(os.dup(1), "w")
    log = 2 if verbose else os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, 1)
    if not verbose:
        sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
        os.dup2(log, 2)
    return out


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_for_eof(ended):
    while os.read(0, 4096):
        pass
    ended.set()


def wait_until_ready(port, ended):
    """Return None once the model is loaded, else what went wrong."""
    give_up = time.monotonic() + START_SECONDS
    while not ended.wait(0.1):
        if time.monotonic() > give_up:
            return "the model did not load within %d s: run again with --verbose to see why" % START_SECONDS
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return None
        except (OSError, http.client.HTTPException):
            pass  # Not listening yet.
        finally:
            connection.close()
    return None


def complain(message):
    print("local model: %s" % message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
