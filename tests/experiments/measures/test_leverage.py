"""How much of a stage's advantages lone successes have: closed forms, laws, and planted stages."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.leverage import EPSILON, advantages, leverage
from experiments.nodes.health import NO_LEVERAGE, NO_ROLLOUT_GROUPS, Leverage, RolloutGroups

SIZES = st.integers(8, 64)
GRADED = st.lists(st.integers(0, 64).map(lambda step: step / 64), min_size=8, max_size=16)
KNOWN = RolloutGroups(count=4, wrong=1, right=0, alike=0, leverage=Leverage(lone_groups=1, lone=2.0, advantage=8.0))


def group(successes: int, size: int = 8) -> list[float]:
    return [1.0] * successes + [0.0] * (size - successes)


def stage(chance: float, groups: int = 2_000, size: int = 8) -> Leverage:
    """Every completion of every prompt succeeds with this probability."""
    draw, total = random.Random(0), NO_LEVERAGE
    for _ in range(groups):
        found = leverage([float(draw.random() < chance) for _ in range(size)], "group")
        assert found is not None
        total += found
    return total


@given(SIZES, st.data())
def test_a_success_gets_what_the_closed_form_says(size, data):
    """√((G − k) / k) population deviations; TRL's are a sample's, larger by √(G / (G − 1))."""
    successes = data.draw(st.integers(1, size - 1))
    closed = math.sqrt((size - successes) / successes) * math.sqrt((size - 1) / size)
    best = advantages(group(successes, size), "group")[0]
    assert best == pytest.approx(closed, rel=2 * EPSILON * size)
    assert best < closed
    assert advantages(group(successes, size), "none")[0] == pytest.approx(1 - successes / size)


def test_of_eight_a_lone_success_has_2_47_and_without_the_division_seven_eighths():
    assert advantages(group(1), "group")[0] == pytest.approx(2.474, abs=1e-3)
    assert advantages(group(4), "group")[0] == pytest.approx(0.935, abs=1e-3)
    assert (advantages(group(1), "none")[0], advantages(group(4), "none")[0]) == (0.875, 0.5)


@given(GRADED, st.sampled_from(["group", "batch", "none"]))
def test_advantages_of_a_group_add_up_to_nothing(rewards, scale):
    assert sum(advantages(rewards, scale, [*rewards, 0.0, 1.0])) == pytest.approx(0, abs=1e-6)


@given(GRADED, st.sampled_from([0.25, 0.5]), st.sampled_from([0.0, 0.25, 0.5]))
def test_how_high_rewards_are_and_how_far_apart_decides_no_success(rewards, times, more):
    one, other = (leverage(each, "group") for each in (rewards, [times * reward + more for reward in rewards]))
    assert one is not None and other is not None
    assert one.lone_groups == other.lone_groups
    assert one.advantage == pytest.approx(other.advantage, rel=0.1)


@given(SIZES, st.data())
def test_lone_is_at_most_one_in_eight_and_the_share_is_all_or_nothing_of_one_group(size, data):
    successes = data.draw(st.integers(0, size))
    found = leverage(group(successes, size), "group")
    assert found is not None
    lone = 0 < successes <= size / 8
    assert found.lone_groups == lone
    assert found.share == (None if successes in (0, size) else float(lone))


def test_the_step_s_deviation_weighs_its_groups_alike():
    """Divided by the group's, a lone success counts 2.65 times one at even odds; by the step's, 1.75 times."""
    step = [*group(1), *group(4)]
    by_group = advantages(group(1), "group")[0] / advantages(group(4), "group")[0]
    by_step = advantages(group(1), "batch", step)[0] / advantages(group(4), "batch", step)[0]
    assert (by_group, by_step) == (pytest.approx(math.sqrt(7), abs=1e-3), pytest.approx(1.75))


def test_a_stage_that_is_luckily_solved_has_a_leverage_share_that_an_even_one_has_not():
    lucky, even = stage(0.01), stage(0.5)
    assert lucky.lone_groups / 2_000 == pytest.approx(0.077, abs=0.02)  # 1 − .99⁸
    assert lucky.share is not None and even.share is not None
    assert lucky.share > 0.9
    assert even.share < 0.05


def test_where_it_cannot_be_told_it_is_none_and_never_zero():
    assert leverage(group(1, 7), "group") is None
    assert leverage(group(0), "group") == NO_LEVERAGE
    assert NO_LEVERAGE.share is None
    old = RolloutGroups.model_validate_json('{"count": 4, "wrong": 1, "right": 0, "alike": 0}')
    assert old.leverage_share is None
    assert (old + KNOWN).leverage is (KNOWN + old).leverage is None
    assert "leverage" not in old.model_dump()


def test_known_groups_add_up():
    both = sum((KNOWN, KNOWN), NO_ROLLOUT_GROUPS)
    assert (both.count, both.leverage) == (8, Leverage(lone_groups=2, lone=4.0, advantage=16.0))
    assert both.leverage_share == KNOWN.leverage_share == 0.25
