"""Trains a tree for a benchmark, and says how far it is."""

from __future__ import annotations

import json
import sys
import time

from experiments.executors.base import Executor, State
from experiments.nodes.tree import StageNode, StageTree
from experiments.run.job import Job
from experiments.worker.launch import run_node


def train(job: Job, tree: StageTree, executor: Executor | None = None) -> None:
    """Train and measure what is missing, by default on Ray; progress goes to standard error.

    SystemExit with the causes of failures.
    """
    workers, done, started = executor or _on_ray(job), 0, time.monotonic()

    def watch(node: StageNode, state: State) -> None:
        nonlocal done
        if state in {"done", "failed"}:
            done += 1
            seconds = time.monotonic() - started
            print(f"{seconds:7.0f} s  {done}/{len(tree.nodes)}  {state}  {node.slug}", file=sys.stderr, flush=True)

    try:
        outcome = workers.run(tree, watch)
    finally:
        workers.close()
    if not outcome.complete:
        raise SystemExit(
            f"failed: {json.dumps({node: failure.line for node, failure in outcome.failures.items()}, indent=1)}"
        )


def _on_ray(job: Job) -> Executor:
    # What is computed from the results alone loads no Ray.
    from experiments.executors.ray import RayExecutor

    return RayExecutor(job.view, job.curriculum.resources, run_node)
