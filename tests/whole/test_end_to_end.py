"""The whole job with real training: on Ray, inline, killed in several ways; the report is the same to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import STAGEWISE, TINY, environment, records, report_of, stable, stagewise, start, variant


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a run on Ray that nothing disturbed."""
    store = tmp_path_factory.mktemp("undisturbed")
    done = stagewise("run", TINY, "--store", store)
    assert done.returncode == 0, done.stdout + done.stderr
    return store


def test_report_holds_the_contract(undisturbed: Path) -> None:
    report = report_of(undisturbed)
    assert set(report["domains"]) == {"sorting", "stories"}
    assert all(domain["entropy"]["delta_entropy"]["missing"] is None for domain in report["domains"].values())
    assert report["transfer"]["domains"] == ["sorting", "stories"]
    assert [len(row) for row in report["transfer"]["effects"]] == [2, 2]
    assert {"order", "predicted", "margin", "runner_up", "win_rate", "audit"} <= set(report["plan"])
    arms = {"base", "bwt-sequential", "bwt-cumulative", "joint", "joint-tuned", "joint-probes", "random"}
    assert arms <= set(report["scores"])
    assert len(report["scores"]["joint"]["stories"]["per_seed"]) == 2
    assert {"arm", "baseline", "relative_gain", "verdict"} <= set(report["comparisons"][0])
    assert report["comparisons"][0]["relative_gain"].keys() == {"estimate", "low", "high", "n", "missing"}
    cost = report["cost"]
    assert cost["stage_runs"] < cost["stage_runs_unshared"]
    assert cost["probe_stage_runs"] == 4
    assert not report["missing"]


def test_scores_are_measured_not_constant(undisturbed: Path) -> None:
    report = report_of(undisturbed)
    means = {arm: row["stories"]["estimate"] for arm, row in report["scores"].items()}
    assert all(0 <= mean <= 1 for mean in means.values())
    assert len(set(means.values())) > 2


def test_inline_gives_the_same_scores(undisturbed: Path, tmp_path: Path) -> None:
    done = stagewise("run", TINY, "--store", tmp_path, "--executor", "inline")
    assert done.returncode == 0, done.stdout + done.stderr
    assert stable(report_of(tmp_path)) == stable(report_of(undisturbed))


def test_running_again_trains_nothing(undisturbed: Path) -> None:
    before, report = records(undisturbed), stable(report_of(undisturbed))
    done = stagewise("run", TINY, "--store", undisturbed)
    assert done.returncode == 0
    assert "0 stages to run" in done.stdout
    assert records(undisturbed) == before
    assert stable(report_of(undisturbed)) == report


def test_another_seed_gives_other_scores(undisturbed: Path, tmp_path: Path) -> None:
    done = stagewise("profile", TINY, "--store", tmp_path, "--seeds", "7", "--executor", "inline")
    assert done.returncode == 0, done.stdout + done.stderr
    (other,) = tmp_path.glob("nodes/s7-base-*/record.json")
    (mine,) = undisturbed.glob("nodes/s0-base-*/record.json")
    nll = [file.read_text("utf-8").split('"nll":')[1].split(",")[0] for file in (mine, other)]
    assert nll[0] != nll[1]


def test_page_is_self_contained(undisturbed: Path) -> None:
    (page,) = undisturbed.glob("*/report.html")
    text = page.read_text("utf-8")
    assert "<script src=" not in text
    assert "bwt-sequential" in text


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 120) -> None:
    """Wait for a condition; fail if the process ends before."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"ended too early:\n{process.communicate()[0]}"
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def finish_and_compare(store: Path, undisturbed: Path, before: dict[str, tuple[int, str]]) -> None:
    """The same command ends well, runs no finished node again, and reports the same."""
    done = stagewise("run", TINY, "--store", store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_untouched(before, store)
    assert stable(report_of(store)) == stable(report_of(undisturbed))


@pytest.mark.parametrize("finished", [0, 3, 9])
def test_driver_killed(undisturbed: Path, tmp_path: Path, finished: int) -> None:
    process = start("run", TINY, "--store", tmp_path)
    wait_until(lambda: len(records(tmp_path)) >= finished and any(tmp_path.glob("nodes/*/progress.json")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(1)  # Ray's processes notice and end; what one of them still commits is a finished node
    finish_and_compare(tmp_path, undisturbed, records(tmp_path))


def test_worker_killed_mid_stage(undisturbed: Path, tmp_path: Path) -> None:
    process = start("run", TINY, "--store", tmp_path)
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
def test_interrupt_says_how_to_go_on(undisturbed: Path, tmp_path: Path, name: str) -> None:
    process = start("run", TINY, "--store", tmp_path)
    wait_until(lambda: len(records(tmp_path)) >= 1, process)
    process.send_signal(signal.Signals[name])
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert "goes on from there" in output
    assert f"stagewise run {TINY}" in output
    finish_and_compare(tmp_path, undisturbed, records(tmp_path))


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


def test_one_of_two_nodes_killed(undisturbed: Path, tmp_path: Path, two_nodes: tuple[object, list[object]]) -> None:
    cluster, nodes = two_nodes
    command = [STAGEWISE, "run", str(TINY), "--store", str(tmp_path), "--address", cluster.address]  # type: ignore[attr-defined]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    ) as process:
        wait_until(lambda: len(list(tmp_path.glob("nodes/*/progress.json"))) >= 2 and bool(records(tmp_path)), process)
        before = records(tmp_path)
        cluster.remove_node(nodes[0], allow_graceful=False)  # type: ignore[attr-defined]
        output, _ = process.communicate(timeout=280)
    assert process.returncode == 0, output
    assert_untouched(before, tmp_path)
    assert stable(report_of(tmp_path)) == stable(report_of(undisturbed))


def test_failed_stage_leaves_the_rest(tmp_path: Path) -> None:
    file = variant(
        tmp_path,
        ("seeds: [0, 1]", "seeds: [0]\nstages: {stories: {learning_rate: 1.0e+60}}"),
    )
    store = tmp_path / "store"
    done = stagewise("run", file, "--store", store, "--executor", "inline")
    assert done.returncode == 1, done.stdout + done.stderr
    report = report_of(store)
    assert {row["boundary"] for row in report["missing"] if row["state"] == "failed"} == {"training"}
    assert "joint" in report["scores"]
    assert list(store.glob("nodes/*/error.json"))
    assert "Traceback" not in done.stdout + done.stderr
