"""What a search spent: distinct stage runs of everything that it tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curricula.stage import Schedule
from experiments.gather import Records
from experiments.report.costs import cost_row
from experiments.report.model import CostRow
from experiments.search.report_model import TrialRow
from experiments.setup import Setup
from experiments.tree import StageTree, grow


@dataclass(frozen=True)
class Budget:
    """What training takes, counted before it is done."""

    steps: int
    completions: int

    def holds(self, one: Budget) -> int:
        """How many times `one` fits, by whichever of the two measures gives more: in favour of who gets it."""
        return max(self.steps // one.steps, self.completions // one.completions)


def trained(schedule: Schedule, row: TrialRow) -> Schedule:
    """The stages of a trial that were trained: all of them, or those before it was cut short."""
    if row.state == "complete":
        return schedule
    return schedule.model_copy(update={"stages": schedule.stages[: row.stages]})


def tree_of(setup: Setup, schedules: Iterable[Schedule], seeds: Sequence[int]) -> StageTree:
    """All of what these schedules train, shared stages once."""
    return grow(setup, schedules, seeds)


def budget_of(tree: StageTree) -> Budget:
    """Of all stage runs of a tree."""
    stages = [node.stage for node in tree.nodes if node.stage is not None]
    return Budget(sum(stage.training.steps for stage in stages), sum(stage.rollout_budget for stage in stages))


def phases(trees: Sequence[StageTree], records: Records) -> list[CostRow]:
    """For each tree what it added to those before it."""
    seen: set[str] = set()
    rows = []
    for tree in trees:
        new = [node.id for node in tree.nodes if node.stage is not None and node.id not in seen]
        seen.update(new)
        rows.append(cost_row([records[node].cost for node in new if node in records]))
    return rows
