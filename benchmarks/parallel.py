"""Parallel efficiency of the probe level: the same probes on two Ray workers, against one after the other."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.arguments import arguments
from curricula.loader import load_curriculum
from experiments.executors.base import Executor, State
from experiments.executors.inline import InlineExecutor
from experiments.executors.ray import RayExecutor
from experiments.nodes.tree import StageNode, grow
from experiments.run.job import Job, open_job, prepare_data
from experiments.store import Store
from experiments.worker.launch import run_node
from scheduler.arms import BASE_ARM
from scheduler.probing.probes import probe_schedules

FILE = Path(__file__).with_name("four_stages.yaml")


def quiet(_: StageNode, __: State) -> None:
    """Show nothing."""


def probe_seconds(executor: Executor, job: Job) -> float:
    """Seconds of the probe level, once base models are there and workers have loaded their libraries."""
    bases = grow(job.setup, [BASE_ARM], (0, 1))
    executor.run(bases, quiet)
    tree = grow(job.setup, probe_schedules(job.curriculum), (0,))
    start = time.perf_counter()
    if not executor.run(tree, quiet).complete:
        raise RuntimeError("a probe failed")
    return time.perf_counter() - start


def main() -> dict[str, Any]:
    """All figures; also printed as JSON."""
    prepared = prepare_data(load_curriculum(FILE), FILE)
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        job = open_job(prepared, Store.open(first))
        one = probe_seconds(InlineExecutor(job.view, job.curriculum.resources, run_node), job)
        job = open_job(prepared, Store.open(second))
        workers = RayExecutor(job.view, job.curriculum.resources, run_node)
        slots = min(workers.slots, 2)
        two = probe_seconds(workers, job)
        workers.close()
    result = {
        "inline_seconds": round(one, 2),
        "ray_seconds": round(two, 2),
        "workers": slots,
        "efficiency": round(one / slots / two, 3),
        "aim": ">= 0.85",
    }
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    arguments(__doc__)
    main()
