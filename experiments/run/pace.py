"""How fast this machine trains a curriculum, and what that makes of a tree."""

from __future__ import annotations

from collections.abc import Iterable

from domains.frozen import Frozen
from experiments.nodes.record import Record
from experiments.nodes.tree import StageNode
from experiments.run.job import Job, Prepared


class Pace(Frozen):
    """Seconds on one worker."""

    step: float
    """One optimizer step of a stage."""
    warmup_step: float
    """One step of the warm-up."""
    evaluation: float
    """Evaluating one node."""
    source: str
    """Where these figures come from, for the reader."""

    def worker_seconds(self, nodes: Iterable[StageNode], measured: int, prepared: Prepared) -> float:
        """What it takes to train `nodes` and to measure so many, one after the other."""
        warmup = prepared.curriculum.model.warmup
        rise = self.warmup_step * (warmup.steps if warmup else 0)
        each = (rise if node.stage is None else self.step * node.stage.training.steps for node in nodes)
        return sum(each) + measured * self.evaluation


def pace_of(records: Iterable[Record], source: str) -> Pace | None:
    """The pace of finished nodes; None before a stage has finished."""
    costs = [(record.path, record.cost) for record in records]
    stages = [cost for path, cost in costs if path]
    bases = [cost for path, cost in costs if not path]
    steps = sum(cost.steps for cost in stages)
    if not steps:
        return None
    warmups = sum(cost.steps for cost in bases)
    return Pace(
        step=sum(cost.train_seconds for cost in stages) / steps,
        warmup_step=sum(cost.train_seconds for cost in bases) / warmups if warmups else 0.0,
        evaluation=sum(cost.eval_seconds for cost in stages) / len(stages),
        source=source,
    )


def measured_pace(job: Job, finished: Iterable[StageNode]) -> Pace | None:
    """The pace of nodes that the store holds."""
    records = [job.view.record(node) for node in finished]
    return pace_of(records, f"{len(records)} finished nodes in the store")
