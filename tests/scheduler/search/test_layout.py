"""What a model of schedules takes for one schedule: what is trained alike, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

import numpy as np
import pytest

from scheduler.composing.compose import schedule_fingerprint, schedule_of
from scheduler.search.candidates import candidates, near
from scheduler.search.layout import Layout
from scheduler.search.space import choice_of
from tests.support.scheduler import NAMES, make_curriculum

pytestmark = pytest.mark.slow
FREE = {
    "compositions": ["joint", "sequential", "pairs", "cumulative"],
    "lengths": [1, 2],
    "leave_out": ["sums"],
    "lr_decay": [0.5, 1],
    "methods": {name: ["grpo", "sft"] for name in NAMES[:3]},
    "sft_rate": [1, 3],
    "repair": [0, 0.1],
    "drop": [0, 0.2],
}


@pytest.mark.parametrize(
    "search",
    [FREE, {**FREE, "methods": {}, "sft_rate": [1]}, {**FREE, "rate": ["per_stage", "whole", "trunk"]}],
    ids=["two methods", "one", "several paths of the rate"],
)
def test_trained_alike_is_one_schedule_and_else_it_is_another(search):
    """Several points stand for one: joint training in any order, or with all lengths doubled."""
    curriculum = make_curriculum(NAMES[:3], search=search)
    layout, rng = Layout(curriculum), np.random.default_rng(0)
    drawn = candidates(layout.space, [], rng)
    found: defaultdict[str, set[Hashable]] = defaultdict(set)
    trained: defaultdict[Hashable, set[str]] = defaultdict(set)
    points: defaultdict[str, int] = defaultdict(int)
    for params in drawn + near(drawn[:100], layout.space, rng, 1000):
        print_of = schedule_fingerprint(schedule_of(choice_of(params, curriculum), curriculum, ""))
        found[print_of].add(layout.schedule(params))
        trained[layout.schedule(params)].add(print_of)
        points[print_of] += 1
    assert {len(one) for one in found.values()} == {1}
    assert {len(one) for one in trained.values()} == {1}
    assert max(points.values()) > 10
