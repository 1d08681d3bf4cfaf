"""10,000 no-op nodes through executor and store, against two bare loops of Ray tasks in the same run.

One loop keeps nothing; the other does what a careful user would, a small file each, on disk before it has its name.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.arguments import arguments
from benchmarks.noop import nothing, one_file, run_nothing
from curricula.schema import Evaluation, Resources, ScratchModel
from curricula.stage import Schedule, Stage, Training
from experiments.executors.base import State
from experiments.executors.ray import RayExecutor
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.store import Store, View

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


def task_rate(task: Callable[..., None], calls: Sequence[tuple[Any, ...]]) -> float:
    """Tasks per second of a plain loop."""
    remote: Any = ray.remote(num_cpus=1)(task)
    start = time.perf_counter()
    ray.get([remote.remote(*call) for call in calls])
    return len(calls) / (time.perf_counter() - start)


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


def ours(nodes: int, place: Path | None) -> float:
    """Nodes per second, in a new store under `place` (default: where temporary files go)."""
    tree, setup = make_tree(nodes)
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-", dir=place) as folder:
        return executor_rate(folder, tree, setup)[0]


def bare(tasks: int) -> float:
    """Tasks per second that keep nothing."""
    return task_rate(nothing, [()] * tasks)


def careful(tasks: int) -> float:
    """Tasks per second that keep one small file each, on disk before it has its name."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
        return task_rate(one_file, [(folder, number) for number in range(tasks)])


def whole(nodes: int) -> dict[str, Any]:
    """What does not show in blocks: the driver's memory while it runs them all, and listing them all."""
    tree, setup = make_tree(nodes)
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
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


def main(nodes: int = 10_000, blocks: int = 5) -> dict[str, Any]:
    """All figures; also printed as JSON. Ours and the peers take turns, and ratios are medians over blocks.

    `memory` is the same with a store in RAM: what the disk costs.
    """
    ways: dict[str, Callable[[int], float]] = {"bare": bare, "careful": careful, "disk": partial(ours, place=None)}
    ways |= {"memory": partial(ours, place=MEMORY)} if MEMORY.is_dir() else {}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as folder:
        executor = RayExecutor(View(Store.open(folder), make_tree(1)[1]), Resources(), run_nothing)
        task_rate(nothing, [()] * 200)
        for _ in range(blocks):
            for name, way in ways.items():
                rates[name].append(way(nodes // blocks))
        found = whole(nodes)
        executor.close()
    ratios = {
        f"{name}_to_{peer}": round(median(map(truediv, rates[name], rates[peer])), 3)
        for name in ways.keys() - {"bare", "careful"}
        for peer in ("bare", "careful")
    }
    each = {name: [round(rate, 1) for rate in found] for name, found in rates.items()}
    result = {"nodes": nodes, "ratios": dict(sorted(ratios.items())), "per_second": each, "whole": found}
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    main(*(int(argument) for argument in arguments(__doc__)[:2]))
