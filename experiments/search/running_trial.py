"""A trial under way: its schedule as nodes, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import optuna

from curricula.schema import Curriculum
from curricula.stage import Schedule
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, reading_chains
from experiments.store import View
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.table import drafts
from scheduler.composing.draft import StageBudgets


@dataclass(frozen=True)
class Level:
    """A stage of a trial in all seeds."""

    nodes: tuple[StageNode, ...]
    """All that is trained to read it off and was not for the stage before, parents first."""
    ends: tuple[StageNode, ...]
    """Where it is read off: one node a seed."""


Levels = tuple[Level, ...]
"""One for each stage."""


@dataclass
class RunningTrial:
    """One trial. Stage k is under way until it has ended; only then may stage k + 1 begin."""

    trial: optuna.Trial
    choice: Choice
    seed: int
    schedule: Schedule
    """As far as it is known: of adaptive mixing up to the stage under way."""
    levels: Levels
    count: int
    """Stages in all."""
    reported: int = 0
    """Stages that the study knew of when this process took the trial on."""
    stage: int = 1
    """The one under way, from 1."""

    @property
    def number(self) -> int:
        """The trial's, from 0."""
        return self.trial.number

    @property
    def nodes(self) -> tuple[StageNode, ...]:
        """Of the stage under way, all seeds."""
        return self.levels[self.stage - 1].nodes

    @property
    def ends(self) -> tuple[StageNode, ...]:
        """Where the stage under way is read off, one a seed."""
        return self.levels[self.stage - 1].ends

    @property
    def last(self) -> bool:
        """Whether no stage follows."""
        return self.stage == self.count


def levels_of(setup: Setup, schedule: Schedule, seeds: Sequence[int]) -> Levels:
    """The nodes of a schedule by stage; base models are not among them."""
    by_seed = [reading_chains(setup, schedule, seed) for seed in seeds]
    found: list[Level] = []
    known = {chains[0][0].id for chains in by_seed}
    for chains in zip(*(each[1:] for each in by_seed), strict=True):
        new = {node.id: node for nodes in chains for node in nodes if node.id not in known}
        known |= set(new)
        found.append(Level(tuple(new.values()), tuple(nodes[-1] for nodes in chains)))
    return tuple(found)


def stages_in_all(choice: Choice, curriculum: Curriculum) -> int:
    """Of a choice's schedule, also those that are not chosen yet."""
    return len(drafts(choice, StageBudgets(curriculum)))


def mean_scores(view: View, nodes: Sequence[StageNode]) -> dict[str, float]:
    """Domain → validation score, mean over the nodes (one a seed)."""
    scores = [view.record(node).scores["validation"] for node in nodes]
    return {name: sum(one[name].mean for one in scores) / len(scores) for name in scores[0]}


def cost(levels: Levels, spent: set[str]) -> tuple[int, int]:
    """Stage runs that nobody had before, and what they trained on (completions); they join `spent`."""
    new = {node.id: node for level in levels for node in level.nodes if node.id not in spent}
    spent.update(new)
    return len(new), sum(node.stage.rollout_budget for node in new.values() if node.stage is not None)


def cause(view: View, nodes: Sequence[StageNode]) -> str:
    """Why the first of the nodes that is not finished failed."""
    for node in nodes:
        if not view.has(node):
            failure = view.failure(node)
            why = f"{failure.boundary}: {failure.cause}" if failure else "failed, and the store could not note why"
            where = f"{' → '.join(node.path)} with seed {node.seed}" if node.path else "the base model"
            return f"{where}: {why}"
    return "failed"
