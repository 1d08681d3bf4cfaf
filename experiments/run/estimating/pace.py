"""How fast this machine trains a curriculum, and what that makes of a tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domains.frozen import Frozen
from experiments.nodes.record import Record
from experiments.nodes.tree import StageNode
from experiments.run.estimating.questions import of_guards
from experiments.run.job import Job, Prepared
from experiments.run.remaining import Range


class Pace(Frozen):
    """Seconds on one worker."""

    step: float
    """One optimizer step of a stage."""
    warmup_step: float
    """One step of the warm-up."""
    evaluation: float
    """Evaluating one node."""
    question: float = 0.0
    """One of the questions that guards ask of a stage's model; 0 where `step` holds them, as in finished stages."""
    source: str
    """Where these figures come from, for the reader."""

    def worker_seconds(self, nodes: Sequence[StageNode], measured: int, prepared: Prepared) -> float:
        """What it takes to train `nodes` and to measure so many, one after the other."""
        warmup = prepared.curriculum.model.warmup
        rise = self.warmup_step * (warmup.steps if warmup else 0)
        stages = [node.stage for node in nodes if node.stage is not None]
        steps = sum(stage.training.steps for stage in stages)
        asked = sum(of_guards(stage, prepared.setup, prepared.sizes) for stage in stages)
        bases = sum(node.parent is None for node in nodes)
        return bases * rise + steps * self.step + asked * self.question + measured * self.evaluation

    def path_seconds(self, nodes: Sequence[StageNode], untrained: Sequence[StageNode], prepared: Prepared) -> float:
        """The longest of the chains of `nodes`, parents before children: no number of workers is faster than it.

        A node's children need not wait for its measurement.
        """
        new = {node.id for node in untrained}
        trained: dict[str, float] = {}
        longest = 0.0
        for node in nodes:
            own = self.worker_seconds([node], 0, prepared) if node.id in new else 0.0
            trained[node.id] = own + max((trained.get(parent, 0.0) for parent in node.parents), default=0.0)
            longest = max(longest, trained[node.id] + node.measured * self.evaluation)
        return longest


def at_once(worker: float, path: float, slots: int) -> Range:
    """Between which times work of so many seconds, the longest chain of which takes `path`, is done on `slots` workers
    of which none idles while a stage could start (Graham 1969)."""
    each = worker / max(1, slots)
    return Range(max(each, path), each + (1 - 1 / max(1, slots)) * path)


def pace_of(records: Iterable[Record], source: str) -> Pace | None:
    """The pace of finished nodes; None before a stage has finished and was read off."""
    known = list(records)
    stages = [record.cost for record in known if record.path]
    bases = [record.cost for record in known if not record.path]
    evaluations = [record.cost.eval_seconds for record in known if record.path and record.scores]
    steps = sum(cost.steps for cost in stages)
    if not steps or not evaluations:
        return None
    warmups = sum(cost.steps for cost in bases)
    return Pace(
        step=sum(cost.train_seconds for cost in stages) / steps,
        warmup_step=sum(cost.train_seconds for cost in bases) / warmups if warmups else 0.0,
        evaluation=sum(evaluations) / len(evaluations),
        source=source,
    )


def measured_pace(job: Job, finished: Iterable[StageNode]) -> Pace | None:
    """The pace of nodes that the store holds."""
    records = [job.view.record(node) for node in finished]
    return pace_of(records, f"{len(records)} finished nodes in the store")
