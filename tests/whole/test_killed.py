"""The whole job killed in several ways: what is finished stays, and the report is the same to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import experiments.worker.node  # noqa: F401 - loaded before processes are copied that would load it each for itself
from tests.support.commands import begun, records, report_of, stable, start, within
from tests.support.nodes import wait_for
from tests.support.warm import Warm

pytestmark = pytest.mark.slow


def wait_until(condition: Callable[[], bool], process: Warm, seconds: float = 200) -> None:
    """Wait for a condition; fail if the process ends before."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"ended too early:\n{process.communicate()[0]}"
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def in_mid_stage(store: Path) -> Callable[[], bool]:
    """Whether a stage is under way that was not when this was called: a killed one leaves its progress behind."""
    begun_at = time.time_ns()

    def under_way() -> bool:
        with suppress(FileNotFoundError):  # a stage that ended meanwhile
            return any(file.stat().st_mtime_ns > begun_at for file in store.glob("nodes/*/progress.json"))
        return False

    return under_way


def test_worker_killed_and_then_its_driver_told_to_end(few: Path, few_store: Path, tmp_path: Path) -> None:
    """Of the worker the second probe is under way, which another one then trains; of the driver the stage that follows
    from the plan, which is left to the next. By SIGTERM, for which Ray has a handler of its own. Killed drivers, other
    moments, next drivers on Ray too and several stages under way at once are in test_kill.py: here each worker more
    loads torch."""
    process = start("run", few, "--store", begun(few_store, tmp_path, but=("s0-stories-*", "s0-*-stories-*")))
    wait_until(in_mid_stage(tmp_path), process)
    (victim,) = busy_workers(process.pid)
    before = records(tmp_path)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(records(tmp_path)) > len(before), process)
    wait_until(in_mid_stage(tmp_path), process)
    (worker,) = busy_workers(process.pid)
    interrupt(process, signal.SIGTERM, few)
    # Ray's processes notice and end; what one of them still commits is a finished node.
    wait_for(lambda: not alive(worker))
    assert before.items() < records(tmp_path).items()
    finish_and_compare(few, tmp_path, few_store)


def test_ctrl_c_says_how_to_go_on(few: Path, few_store: Path, tmp_path: Path) -> None:
    """In mid training without Ray, where a stage is over in a moment: several, so that one is met in its middle."""
    process = start("run", few, "--store", begun(few_store, tmp_path, 1), "--executor", "inline")
    wait_until(in_mid_stage(tmp_path), process)
    interrupt(process, signal.SIGINT, few)
    finish_and_compare(few, tmp_path, few_store)


def interrupt(process: Warm, by: signal.Signals, file: Path) -> None:
    """It ends at once, without a traceback, and says how to go on."""
    process.send_signal(by)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert "goes on from there" in output
    assert f"stagewise run {file}" in output


def finish_and_compare(few: Path, store: Path, undisturbed: Path) -> None:
    """Another run ends well, runs no finished node again, and reports the same."""
    before = records(store)
    done = within("run", few, "--store", store, "--executor", "inline")
    assert done.returncode == 0, done.stdout + done.stderr
    # No finished node has run again: its record is the same file naming the same attempt.
    after = records(store)
    assert {name: after[name] for name in before} == before
    assert stable(report_of(store)) == stable(report_of(undisturbed))


def alive(worker: int) -> bool:
    """Whether a Ray worker is there and no zombie."""
    found = subprocess.run(["ps", "-o", "args=", "-p", str(worker)], capture_output=True, text=True, check=False)
    return found.stdout.startswith("ray::")


def busy_workers(driver: int) -> list[int]:
    """Ray workers of this driver that run a task now."""
    listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()[1:]]
    children: dict[int, list[tuple[int, str]]] = {}
    for pid, parent, command in rows:
        children.setdefault(int(parent), []).append((int(pid), command))
    found, queue = [], [driver]
    while queue:
        for pid, command in children.get(queue.pop(), []):
            queue.append(pid)
            # Not Ray's own agents, without which the node is lost.
            if command.startswith("ray::attempt_all"):
                found.append(pid)
    return found
