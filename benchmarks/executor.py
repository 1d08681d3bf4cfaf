"""10,000 no-op nodes through executor and store, against a bare loop of Ray tasks in the same run."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.noop import nothing, run_nothing
from curricula.schema import Evaluation, Resources, ScratchModel
from curricula.stage import Schedule, Stage, Training
from experiments.executors.base import State
from experiments.executors.ray import RayExecutor
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.store import Store, View
from experiments.store.local import LocalFiles

import ray  # isort: skip  # after the executor, which says how Ray is to behave

MEMORY = Path("/dev/shm")
DOMAINS = ("a", "b", "c", "d")


def make_tree(nodes: int) -> tuple[StageTree, Setup]:
    """A tree of exactly `nodes` nodes: chains of four domains in all orders of budgets, two seeds."""
    setup = Setup(model=ScratchModel(type="scratch"), domains={}, evaluation=Evaluation())
    chains = [
        Schedule(
            name=f"s{index}",
            role="order",
            stages=tuple(Stage(mixture={domain: 1.0}, training=Training(steps=index + 1)) for domain in DOMAINS),
        )
        for index in range(nodes // 8 + 1)
    ]
    tree = grow(setup, chains, (0, 1))
    return StageTree(tree.nodes[:nodes], tree.unshared), setup


def bare_rate(tasks: int) -> float:
    """Tasks per second of the plain loop."""
    task: Any = ray.remote(num_cpus=1)(nothing)
    ray.get([task.remote() for _ in range(200)])
    start = time.perf_counter()
    ray.get([task.remote() for _ in range(tasks)])
    return tasks / (time.perf_counter() - start)


def executor_rate(url: str, tree: StageTree, setup: Setup) -> tuple[float, dict[str, float]]:
    """Nodes per second, and the driver's resident memory (MiB) by share of nodes done."""
    executor = RayExecutor(View(Store.open(url), setup), Resources(), run_nothing)
    memory = {"0%": resident()}
    done = 0

    def watch(_: StageNode, state: State) -> None:
        nonlocal done
        done += state == "done"
        share = f"{100 * done // len(tree.nodes)}%"
        if state == "done" and share in {"25%", "50%", "75%", "100%"}:
            memory.setdefault(share, resident())

    start = time.perf_counter()
    outcome = executor.run(tree, watch)
    seconds = time.perf_counter() - start
    executor.close()
    if not outcome.complete:
        raise RuntimeError(f"not every node finished: {next(iter(outcome.failures.values())).line}")
    return len(tree.nodes) / seconds, memory


def resident() -> float:
    """This process's resident memory, MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


def measure(nodes: int, place: Path | None) -> dict[str, Any]:
    """The figures for a store in a new folder under `place` (default: where temporary files go)."""
    tree, setup = make_tree(nodes)
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-", dir=place) as folder:
        rate, memory = executor_rate(folder, tree, setup)
        start = time.perf_counter()
        listed = len(View(Store.open(folder), setup).finished(tree.nodes))
        seconds = time.perf_counter() - start
    return {
        "nodes_per_second": round(rate, 1),
        "driver_memory_mib": memory,
        "listed": listed,
        "open_and_list_seconds": round(seconds, 3),
    }


def written(place: Path | None, nodes: int = 1_500, *, synced: bool = True) -> float:
    """Milliseconds that a node's two files take, without Ray; with `synced` false, fsync does nothing meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="stagewise-bench-", dir=place) as folder,
        patch("os.fsync", os.fsync if synced else lambda _: None),
    ):
        files = LocalFiles(Path(folder))
        start = time.perf_counter()
        for number in range(nodes):
            for name in ("record", "measured"):
                files.create(f"nodes/{number}/{name}.json", "x" * 2_000)
        return round((time.perf_counter() - start) * 1_000 / nodes, 3)


def main(nodes: int = 10_000) -> dict[str, Any]:
    """All figures; also printed as JSON. `memory` is the same with a store in RAM: what the disk costs."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
        executor = RayExecutor(View(Store.open(folder), make_tree(1)[1]), Resources(), run_nothing)
        before = bare_rate(nodes)
        places = {"disk": None} | ({"memory": MEMORY} if MEMORY.is_dir() else {})
        found = {name: measure(nodes, place) for name, place in places.items()}
        peer = (before + bare_rate(nodes)) / 2
        executor.close()
    found["disk"] |= {"files_ms": written(None), "files_without_fsync_ms": written(None, synced=False)}
    if "memory" in found:
        found["memory"]["files_ms"] = written(MEMORY)
    for figures in found.values():
        figures["ratio"] = round(figures["nodes_per_second"] / peer, 3)
    result = {"nodes": nodes, "bare_ray_tasks_per_second": round(peer, 1), **found}
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
