"""A search of many made-up domains: quick to propose, and judged by the truth."""

from __future__ import annotations

import pytest

from benchmarks.grouped_probes import interval_over
from benchmarks.many_domains import made, searched
from scheduler.search.samplers.ordering import OrderingSampler

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("size", "trials"), [(12, 10), (30, 8)])
def test_a_search_names_a_schedule_and_says_how_long_each_proposal_took(size, trials):
    world = made(size, 0)
    value, seconds = searched(world, OrderingSampler(0, curriculum=world.curriculum), trials)
    assert len(seconds) == trials
    # Ten proposals, of which five are the start's, lose little to its best, and joint training is far below it.
    best, joint = max(map(world.total, world.starts)), world.total(world.starts[0])
    assert value > (best + joint) / 2


def test_the_same_stages_have_the_same_luck_with_one_seed_and_another_with_another():
    world = made(12, 1)
    params = world.starts[1]
    assert (world.scores(params, 0) == world.scores(params, 0)).all()
    assert (world.scores(params, 0) != world.scores(params, 1)).any()
    assert world.scores(params, None)[-1].mean() == world.total(params)


def test_an_interval_of_one_value_has_no_width():
    assert interval_over([0.1]) == [0.1, 0.1, 0.1]
