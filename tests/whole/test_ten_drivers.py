"""Ten drivers in one store on an S3 that fails, each killed at a random moment: as if nothing had happened."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import s3fs  # noqa: F401 - loaded before processes are copied that would load it each for itself

from experiments.store import Store
from tests.support.commands import stable
from tests.support.drivers import FORK, prepared, reach, start, trained
from tests.support.faulty_s3 import BUCKET
from tests.support.nodes import wait_for, worker_environment
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

KILLED = 10
AT_ONCE = 3


@pytest.fixture
def port() -> Iterator[int]:
    """Of an S3 with faults and one bucket."""
    command = [sys.executable, "-m", "tests.support.faulty_s3"]
    with subprocess.Popen(command, env=worker_environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        number = int(process.stdout.readline())
        made = urllib.request.Request(f"http://127.0.0.1:{number}/{BUCKET}", method="PUT")
        urllib.request.urlopen(made).close()
        yield number
        process.kill()


def test_ten_drivers_killed_at_random(tmp_path: Path, port: int) -> None:
    url, log, draw = f"s3://{BUCKET}/runs", tmp_path / "log", random.Random(0)
    log.touch()
    running = {process.pid: process for process in (start(url, log, port) for _ in range(AT_ONCE))}
    killed: set[int | None] = set()
    while len(killed) < KILLED:
        victim = running.pop(at_work(log, set(running), draw))
        assert victim.is_alive(), "the run was over before all were killed"
        victim.kill()
        victim.join()
        killed.add(victim.pid)
        process = start(url, log, port)
        running[process.pid] = process
    for process in running.values():
        process.join(200)
        assert process.exitcode == 0
    found = trained(log, killed)
    assert len(found.whole | found.cut) > 20
    # A killed driver may have committed a node without having said so.
    assert all(count == 1 for count in found.whole.values())
    assert all(found.cut[slug] for slug in set(found.cut) - set(found.whole))
    faults = ast.literal_eval(urllib.request.urlopen(f"http://127.0.0.1:{port}/faults").read().decode())
    assert min(faults[kind] for kind in ("refused", "cut before", "cut after")) > 3
    assert 0 < sum(found.cut.values()) <= KILLED
    whole = tmp_path / "whole"
    undisturbed = start(str(whole), tmp_path / "other")
    undisturbed.join(200)
    assert undisturbed.exitcode == 0
    with FORK.Pool(1, reach, (port,)) as other:  # `reach` is for a whole process
        assert other.apply(what_is_in, (url,)) == what_is_in(str(whole))


def at_work(log: Path, running: set[int | None], draw: random.Random) -> int | None:
    """One of these processes, most often one that is in the middle of a stage or of keeping it; any after a while."""
    seen = len(log.read_text("utf-8"))
    with suppress(TimeoutError):
        wait_for(lambda: "start" in log.read_text("utf-8")[seen:], seconds=draw.uniform(0.5, 4.0))
    time.sleep(draw.uniform(0.0, 0.4))
    begun = [int(line.split()[2]) for line in log.read_text("utf-8")[seen:].splitlines() if line.startswith("start")]
    at_it = [pid for pid in begun if pid in running]
    return draw.choice(at_it or sorted(pid for pid in running if pid))


def what_is_in(url: str) -> dict[str, Any]:
    """The report, and of every node its weights and its record, but for the names of attempts."""
    store, run = Store.open(url), prepared().run
    found: dict[str, Any] = {"report": stable(json.loads(store.read_run(run, "report.json") or "null"))}
    for slug in sorted(store.trained()):
        record = json.loads(store.files.read(f"nodes/{slug}/record.json") or "null")
        with store.files.local(f"nodes/{slug}/{record.pop('checkpoint')}") as folder:
            found[slug] = (record, {file.name: file.read_text() for file in folder.iterdir()})
    return found
