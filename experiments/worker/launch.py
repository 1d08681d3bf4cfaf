"""The way into a node's work that costs nothing to import: the driver never loads torch."""

from __future__ import annotations

import gc
from functools import cache

from experiments.executors.base import Work


def run_node(work: Work) -> None:
    """Train one node unless it is trained, and measure it. Raises StageError on failure."""
    from experiments.worker.node import run_node as train_and_measure

    _keep_what_is_loaded()
    train_and_measure(work)


@cache
def _keep_what_is_loaded() -> None:
    """Every training begins with a full collection of garbage (Accelerate's `free_memory`), a quarter of a second of
    looking through what the libraries are made of: none of it is garbage before the process ends."""
    gc.collect()
    gc.freeze()
