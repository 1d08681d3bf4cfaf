"""A study and what its trials stand for: choices, schedules, and the nodes that these rest on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import optuna
from optuna.trial import FrozenTrial

from curricula.schema import Curriculum
from curricula.search_checks import search_seeds
from curricula.stage import Schedule
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.search.analysis.report import TrialRow
from experiments.search.analysis.trial_table import trial_rows
from scheduler.composing.choice import Choice
from scheduler.composing.compose import schedule_fingerprint
from scheduler.measurements import Path
from scheduler.search.layout import Layout
from scheduler.search.space import choice_of
from scheduler.search.standings import Standing, standings, winner
from scheduler.search.tried import schedule_of_trial


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
        return trial_rows(self.study, search_seeds(self.curriculum))

    @cached_property
    def layout(self) -> Layout:
        """What the parameters stand for."""
        return Layout(self.curriculum, self.order)

    @cached_property
    def best(self) -> Standing | None:
        """The winner; None where no trial has finished."""
        found = standings(self.study, self.layout)
        return winner(found, len(search_seeds(self.curriculum)))

    def choice(self, number: int) -> Choice:
        """What a trial chose."""
        return choice_of(self._trial(number).params, self.curriculum, self.order)

    def schedule(self, number: int) -> Schedule:
        """The stages that a trial stands for."""
        return schedule_of_trial(self._trial(number), self.curriculum, self.order, f"trial-{number}")

    def trained(self) -> tuple[tuple[Schedule, int], ...]:
        """The stages of every trial that were scored, all of them or those before it was cut short; and its seed."""
        found = [(self.schedule(row.number), row) for row in self.rows if row.stages or row.state == "complete"]
        return tuple(
            (schedule if row.state == "complete" else _begun(schedule, row), row.seed) for schedule, row in found
        )

    def tree(self, setup: Setup) -> StageTree:
        """All that the trials rest on, whoever trained it."""
        grown = [grow(setup, [schedule], [seed]) for schedule, seed in self.trained()]
        nodes: dict[str, StageNode] = {}
        for node in (node for one in grown for node in one.nodes):
            if node.id not in nodes or node.measured:
                nodes[node.id] = node
        return StageTree(tuple(nodes.values()), sum(one.unshared for one in grown))

    def values(self) -> dict[str, dict[int, float]]:
        """Fingerprint of the stages → seed that the schedule finished with → validation total."""
        found: dict[str, dict[int, float]] = {}
        for row in self.rows:
            if row.value is not None:
                found.setdefault(schedule_fingerprint(self.schedule(row.number)), {})[row.seed] = row.value
        return found

    def _trial(self, number: int) -> FrozenTrial:
        return self.study.get_trials(deepcopy=False)[number]


def _begun(schedule: Schedule, row: TrialRow) -> Schedule:
    return schedule.model_copy(
        update={"stages": schedule.stages[: row.stages], "span": schedule.span or schedule.steps}
    )
