"""The way into a node's work that costs nothing to import: the driver never loads torch."""

from __future__ import annotations

import gc
from functools import cache

from experiments.executors.base import Work


def run_node(work: Work) -> None:
    """Train one node unless it is trained, and measure it. Raises StageError on failure."""
    _load()
    from experiments.worker.node import run_node as train_and_measure

    train_and_measure(work)


@cache
def _load() -> None:
    """Load the trainers, seconds of work, without looking for garbage: none of what they are made of is any before the
    process ends, and to look through it again and again while it grows takes a fifth of that time.

    Every training begins with a full collection too (Accelerate's `free_memory`), hence what is loaded is left out of
    all later ones.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        import experiments.worker.node  # noqa: F401 - only loaded
    finally:
        if collecting:
            gc.enable()
    gc.collect()
    gc.freeze()
