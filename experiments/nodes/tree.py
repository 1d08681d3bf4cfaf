"""Schedules that share leading stages share nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from curricula.stage import Schedule, Stage
from domains.frozen import Frozen, fingerprint
from experiments.nodes.setup import Setup


class StageNode(Frozen):
    """A stage applied to one parent checkpoint; `stage` is None for the base model of a seed."""

    id: str
    parent: str | None
    stage: Stage | None
    seed: int
    path: tuple[str, ...] = ()
    """Labels of the stages from the base to here."""
    repeat: int = 0
    """How many stages before this one were the very same: repeats go on through the data, not over them again."""

    @property
    def label(self) -> str:
        """The stage's domains, or ``base``."""
        return self.stage.label if self.stage else "base"

    @property
    def slug(self) -> str:
        """Readable folder name: seed, path, id."""
        words = "-".join(self.path)[:60] or "base"
        return f"s{self.seed}-{words}-{self.id[:16]}"

    @property
    def depth(self) -> int:
        """Stages from the base to here."""
        return len(self.path)


def base_node(setup: Setup, seed: int) -> StageNode:
    """The root of one seed: the model before any stage."""
    return StageNode(id=fingerprint(["base", setup.id, seed]), parent=None, stage=None, seed=seed)


def child_node(parent: StageNode, stage: Stage, repeat: int = 0) -> StageNode:
    """`stage` trained from `parent`. The parent's id already holds model, data, evaluation and seed."""
    return StageNode(
        id=fingerprint([parent.id, stage, parent.seed]),
        parent=parent.id,
        stage=stage,
        seed=parent.seed,
        path=(*parent.path, stage.label),
        repeat=repeat,
    )


def chain(setup: Setup, stages: Sequence[Stage], seed: int) -> tuple[StageNode, ...]:
    """Base and all nodes of one schedule, first to last."""
    nodes = [base_node(setup, seed)]
    for index, stage in enumerate(stages):
        nodes.append(child_node(nodes[-1], stage, repeat=list(stages[:index]).count(stage)))
    return tuple(nodes)


@dataclass(frozen=True)
class StageTree:
    """Distinct nodes, parents before children."""

    nodes: tuple[StageNode, ...]
    unshared: int = field(default=0, compare=False)
    """Stage runs that the same schedules would take without sharing (bases not counted)."""

    @cached_property
    def by_id(self) -> dict[str, StageNode]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @property
    def stage_runs(self) -> int:
        """Stage runs with sharing (bases not counted)."""
        return sum(node.stage is not None for node in self.nodes)


def grow(setup: Setup, schedules: Iterable[Schedule], seeds: Sequence[int]) -> StageTree:
    """The tree of all schedules for all seeds."""
    found: dict[str, StageNode] = {}
    unshared = 0
    for schedule in schedules:
        for seed in seeds:
            unshared += len(schedule.stages)
            for node in chain(setup, schedule.stages, seed):
                found.setdefault(node.id, node)
    return StageTree(tuple(found.values()), unshared)
