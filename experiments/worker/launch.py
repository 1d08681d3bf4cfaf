"""The way into a node's work that costs nothing to import: the driver never loads torch."""

from __future__ import annotations

from experiments.executors.base import Work


def run_node(work: Work) -> None:
    """Train one node unless it is trained, and measure it. Raises StageError on failure."""
    from experiments.worker.node import run_node as train_and_measure

    train_and_measure(work)
