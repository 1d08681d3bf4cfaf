"""Nodes on the way back from each stage of the schedule to where it began, where the curriculum asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Curriculum
from curricula.stage import Schedule
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageTree, beside, grow
from scheduler.arms import main_arm
from scheduler.composing.merges import ways_back


def main_ways_back(curriculum: Curriculum, schedules: Sequence[Schedule]) -> tuple[Schedule, ...]:
    """Those of the main arm. None of them is an arm, so that nothing is compared with them."""
    return ways_back(curriculum, schedules, main_arm(curriculum))


def with_ways_back(setup: Setup, curriculum: Curriculum, tree: StageTree, schedules: Sequence[Schedule]) -> StageTree:
    """`tree` and their nodes, which train nothing."""
    return beside(tree, grow(setup, main_ways_back(curriculum, schedules), curriculum.seeds))
