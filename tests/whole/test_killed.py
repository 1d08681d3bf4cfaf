"""The whole job killed in several ways: what is finished stays, and the report is the same to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import STAGEWISE, begun, environment, records, report_of, stable, stagewise, start, variant

pytestmark = pytest.mark.slow

FEW = "{orders: [], compositions: [sequential], random_orders: 0, joint_tuned: false, joint_probes: false}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tiny.yaml with two arms: nodes that tiny.yaml has too."""
    return variant(tmp_path_factory.mktemp("few"), ("{random_orders: 1}", FEW))


@pytest.fixture(scope="module")
def undisturbed(file: Path, tiny_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a run that nothing disturbed."""
    store = begun(tiny_store, tmp_path_factory.mktemp("undisturbed") / "store", 1000)
    done = stagewise("run", file, "--store", store)
    assert done.returncode == 0, done.stdout + done.stderr
    return store


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 200) -> None:
    """Wait for a condition; fail if the process ends before."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"ended too early:\n{process.communicate()[0]}"
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def finish_and_compare(file: Path, store: Path, undisturbed: Path, before: dict[str, tuple[int, str]]) -> None:
    """The same command ends well, runs no finished node again, and reports the same."""
    done = stagewise("run", file, "--store", store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_untouched(before, store)
    assert stable(report_of(store)) == stable(report_of(undisturbed))


@pytest.mark.parametrize("finished", [1, 3, 6])
def test_driver_killed(file: Path, undisturbed: Path, tmp_path: Path, finished: int) -> None:
    begun(undisturbed, tmp_path, finished)
    process = start("run", file, "--store", tmp_path)
    wait_until(lambda: len(records(tmp_path)) >= finished and any(tmp_path.glob("nodes/*/progress.json")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(1)  # Ray's processes notice and end; what one of them still commits is a finished node
    finish_and_compare(file, tmp_path, undisturbed, records(tmp_path))


def test_worker_killed_mid_stage(file: Path, undisturbed: Path, tmp_path: Path) -> None:
    begun(undisturbed, tmp_path)
    process = start("run", file, "--store", tmp_path)
    wait_until(lambda: any(tmp_path.glob("nodes/*/progress.json")), process)
    victims = busy_workers(process.pid)
    assert victims
    before = records(tmp_path)
    os.kill(victims[0], signal.SIGKILL)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output
    assert_untouched(before, tmp_path)
    assert stable(report_of(tmp_path)) == stable(report_of(undisturbed))


def assert_untouched(before: dict[str, tuple[int, str]], store: Path) -> None:
    """No node that was finished has run again: its record is the same file naming the same attempt."""
    after = records(store)
    assert {name: after[name] for name in before} == before


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


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupt_says_how_to_go_on(file: Path, undisturbed: Path, tmp_path: Path, name: str) -> None:
    begun(undisturbed, tmp_path, 3)
    process = start("run", file, "--store", tmp_path)
    wait_until(lambda: len(records(tmp_path)) >= 4, process)
    process.send_signal(signal.Signals[name])
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert "goes on from there" in output
    assert f"stagewise run {file}" in output
    finish_and_compare(file, tmp_path, undisturbed, records(tmp_path))


@pytest.fixture
def two_nodes() -> Iterator[object]:
    """A local cluster whose head has no CPU for stages and two nodes with one each."""
    from ray.cluster_utils import Cluster

    from experiments.executors.ray import RayExecutor  # noqa: F401 - says how Ray is to behave

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    cluster.wait_for_nodes()
    yield cluster, nodes
    cluster.shutdown()


def test_one_of_two_nodes_killed(
    file: Path, undisturbed: Path, tmp_path: Path, two_nodes: tuple[object, list[object]]
) -> None:
    cluster, nodes = two_nodes
    begun(undisturbed, tmp_path)
    command = [STAGEWISE, "run", str(file), "--store", str(tmp_path), "--address", cluster.address]  # type: ignore[attr-defined]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    ) as process:
        wait_until(lambda: any(tmp_path.glob("nodes/*/progress.json")) and len(records(tmp_path)) >= 2, process)
        before = records(tmp_path)
        cluster.remove_node(nodes[0], allow_graceful=False)  # type: ignore[attr-defined]
        output, _ = process.communicate(timeout=280)
    assert process.returncode == 0, output
    assert_untouched(before, tmp_path)
    assert stable(report_of(tmp_path)) == stable(report_of(undisturbed))
