"""`transformers serve` on this machine: a server that is not ours, with a folder that the tests made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0
"""Seconds that it may take to come up; alone it takes 5."""


@contextmanager
def transformers_serve(folder: Path) -> Iterator[str]:
    """Yields its address, `http://127.0.0.1:PORT/v1#NAME`, with the weights in float32."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("transformers"), "serve", folder.name, "--host", "127.0.0.1"]
    log = folder.with_name("serve.log")
    with log.open("w") as out:
        server = subprocess.Popen(
            [*map(str, command), "--port", str(port), "--device", "cpu", "--dtype", "float32"],
            cwd=folder.parent,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(server, port, log)
        yield f"http://127.0.0.1:{port}/v1#{folder.name}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not _healthy(port):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"transformers serve did not come up:\n{log.read_text('utf-8')[-2000:]}")
        time.sleep(0.2)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
