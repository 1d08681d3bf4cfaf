"""Schedules that share leading stages share nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import Field

from curricula.stage import Schedule, Stage
from domains.frozen import Frozen
from experiments.nodes.setup import Setup


class StageNode(Frozen):
    """A stage applied to one parent checkpoint.

    `stage` and `seed` are None for the base model, which all seeds share.
    """

    id: str
    parent: str | None
    stage: Stage | None
    seed: int | None
    path: tuple[str, ...] = ()
    """Labels of the stages from the base to here."""
    drawn: dict[str, int] = Field(default_factory=dict)
    """Domain → examples that the stages before this one drew: a stage goes on through the data, not over them again."""

    @property
    def label(self) -> str:
        """The stage's domains, or ``base``."""
        return self.stage.label if self.stage else "base"

    @property
    def slug(self) -> str:
        """Readable folder name: seed, path, id."""
        words = "-".join(self.path)[:60]
        return f"s{self.seed}-{words}-{self.id[:16]}" if words else f"base-{self.id[:16]}"

    @property
    def depth(self) -> int:
        """Stages from the base to here."""
        return len(self.path)


def base_node(setup: Setup) -> StageNode:
    """The root of all seeds: the model before any stage."""
    return StageNode(id=setup.base_id, parent=None, stage=None, seed=None)


def child_node(setup: Setup, parent: StageNode, stage: Stage, seed: int) -> StageNode:
    """`stage` trained from `parent`."""
    drawn = Counter(parent.drawn)
    if parent.stage is not None:
        drawn.update(parent.stage.examples)
    return StageNode(
        id=setup.stage_id(parent.id, stage, seed),
        parent=parent.id,
        stage=stage,
        seed=seed,
        path=(*parent.path, stage.label),
        drawn=dict(drawn),
    )


def chain(setup: Setup, stages: Sequence[Stage], seed: int) -> tuple[StageNode, ...]:
    """Base and all nodes of one schedule, first to last."""
    nodes = [base_node(setup)]
    for stage in stages:
        nodes.append(child_node(setup, nodes[-1], stage, seed))
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
