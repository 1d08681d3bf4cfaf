"""The arms of a curriculum whose domains were measured."""

from __future__ import annotations

import numpy as np

from scheduler.arms import fixed_arms, planned_arms
from scheduler.planning.planner import make_plan, ordering_input
from scheduler.probing.probes import needs_probes
from tests.support.scheduler import measure

NO_BASELINE_ORDERS = {"baselines": {"orders": []}}
EXPLICIT = {"composition": "explicit", "stages": [{"mixture": {"sums": 1, "sort": 1}}, {"mixture": {"sums": 1}}]}


def measured(curriculum, transfer=None):
    size = len(curriculum.domains)
    given = np.random.default_rng(1).normal(0, 0.1, (size, size)) if transfer is None else transfer
    return measure(np.full(size, 0.3), given, tuple(curriculum.domains), noise=(0.002, 0.05))


def all_arms(curriculum, transfer=None):
    if not needs_probes(curriculum):
        return fixed_arms(curriculum)
    m = measured(curriculum, transfer)
    plan = make_plan(m, curriculum, {}, resamples=100)
    return (*fixed_arms(curriculum), *planned_arms(curriculum, plan, ordering_input(m, curriculum, {})))


def names(arms):
    return {arm.name for arm in arms}
