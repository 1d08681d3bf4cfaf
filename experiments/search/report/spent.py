"""What a search tried and spent: schedules, their distinct stage runs, and what those cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import optuna

from curricula.schema import Curriculum
from curricula.stage import Schedule
from experiments.analysis.costs import cost_row
from experiments.analysis.report import CostRow
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageTree, grow
from experiments.run.gather import Records
from experiments.search.report.report import TrialRow
from experiments.search.report.trial_table import trial_rows, winner
from scheduler.choice import Choice
from scheduler.compose import schedule_fingerprint, schedule_of
from scheduler.measurements import Path
from scheduler.search.space import choice_of


@dataclass(frozen=True)
class StudyTrials:
    """A study, and the space that its trials are points of."""

    study: optuna.Study
    curriculum: Curriculum
    order: Path | None
    """For a space that has no orders."""

    @cached_property
    def rows(self) -> tuple[TrialRow, ...]:
        """All trials by number."""
        return trial_rows(self.study)

    @cached_property
    def best(self) -> TrialRow | None:
        """The finished trial with the best value."""
        found = winner(self.study)
        return next(row for row in self.rows if row.number == found.number) if found else None

    def choice(self, row: TrialRow) -> Choice:
        """What a trial chose."""
        return choice_of(row.params, self.curriculum, self.order)

    def schedule(self, row: TrialRow) -> Schedule:
        """The stages that a trial stands for."""
        return schedule_of(self.choice(row), self.curriculum, f"trial-{row.number}")

    def trained(self) -> tuple[Schedule, ...]:
        """The stages of every trial that were scored: all of them, or those before it was cut short."""
        found = [(self.schedule(row), row) for row in self.rows if row.stages or row.state == "complete"]
        return tuple(schedule if row.state == "complete" else _begun(schedule, row) for schedule, row in found)

    def values(self) -> dict[str, float]:
        """Fingerprint of the stages → validation total, of every finished trial."""
        done = [row for row in self.rows if row.value is not None]
        return {schedule_fingerprint(self.schedule(row)): row.value for row in done if row.value is not None}


def steps_of(setup: Setup, schedules: Sequence[Schedule], seeds: Sequence[int]) -> int:
    """Optimizer steps of all distinct stage runs."""
    tree = grow(setup, schedules, seeds)
    return sum(node.stage.training.steps for node in tree.nodes if node.stage is not None)


def added(trees: Mapping[str, StageTree], records: Records) -> dict[str, CostRow]:
    """Phase → what its finished stages cost that no phase before it had trained."""
    seen: set[str] = set()
    rows = {}
    for phase, tree in trees.items():
        new = [node.id for node in tree.nodes if node.stage is not None and node.id not in seen]
        seen.update(new)
        rows[phase] = cost_row([records[node].cost for node in new if node in records])
    return rows


def _begun(schedule: Schedule, row: TrialRow) -> Schedule:
    return schedule.model_copy(
        update={"stages": schedule.stages[: row.stages], "span": schedule.span or schedule.steps}
    )
