"""From an order to stages."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.composing.compose import compose
from scheduler.composing.compositions.cumulative import creative_last
from scheduler.composing.compositions.explicit import explicit_stages
from tests.support.properties import examples
from tests.support.scheduler import NAMES, make_curriculum

ORDER = ("stories", "sums", "sort", "spell")


def composed(composition="sequential", order=ORDER, **changes):
    return compose(order, composition, make_curriculum(**changes), name="arm", role="order", origin="why")


def test_sequential_is_one_domain_a_stage():
    schedule = composed()
    assert [stage.mixture for stage in schedule.stages] == [{name: 1.0} for name in ORDER]
    assert (schedule.order, schedule.composition, schedule.origin) == (ORDER, "sequential", "why")


def test_replay_is_spread_evenly_over_the_domains_before():
    schedule = composed(schedule={"replay": 0.3})
    assert schedule.stages[0].mixture == {"stories": 1.0}
    assert schedule.stages[3].mixture == pytest.approx({"stories": 0.1, "sums": 0.1, "sort": 0.1, "spell": 0.7})


def test_cumulative_adds_domains_with_most_weight_on_the_new_one_and_creative_ones_last():
    schedule = composed("cumulative")
    assert schedule.order == ("sums", "sort", "spell", "stories")
    assert schedule.composition == "cumulative"
    assert [stage.mixture for stage in schedule.stages[:3]] == [
        {"sums": 1.0},
        {"sums": 0.5, "sort": 0.5},
        {"sums": 0.25, "sort": 0.25, "spell": 0.5},
    ]


@given(st.permutations(NAMES))
@examples(20)
def test_creative_last_is_stable_within_each_kind(order):
    domains = make_curriculum(NAMES).domains
    found = creative_last(order, domains)
    kinds = [domains[name].kind for name in found]
    assert kinds == sorted(kinds, reverse=True)
    for kind in ("structured", "creative"):
        assert [n for n in found if domains[n].kind == kind] == [n for n in order if domains[n].kind == kind]


@pytest.mark.parametrize("composition", ["sequential", "cumulative"])
def test_the_learning_rate_decays_from_stage_to_stage(composition):
    schedule = composed(composition, schedule={"lr_decay": 0.5}, stages={"sums": {"learning_rate": 8e-4}})
    rates = {stage.label.split("+")[0]: stage.training.learning_rate for stage in schedule.stages}
    place = schedule.order.index("sums")
    assert schedule.stages[place].training.learning_rate == pytest.approx(8e-4 * 0.5**place)
    last = schedule.order[-1]
    assert rates[last] == pytest.approx(2e-4 * 0.5**3)


@given(
    order=st.permutations(NAMES[:4]),
    composition=st.sampled_from(["sequential", "cumulative"]),
    replay=st.floats(0, 0.9),
    steps=st.lists(st.integers(1, 50), min_size=4, max_size=4),
)
@examples(40)
def test_every_order_and_composition_spends_the_same_budget(order, composition, replay, steps):
    curriculum = make_curriculum(
        stages={name: {"steps": count} for name, count in zip(NAMES[:4], steps, strict=True)},
        schedule={"replay": replay},
    )
    schedule = compose(order, composition, curriculum, name="arm", role="order")
    assert schedule.steps == sum(steps)
    assert sum(stage.rollout_budget for stage in schedule.stages) == sum(steps) * 16


def test_orders_with_a_common_beginning_have_equal_leading_stages():
    for one, other in itertools.combinations(itertools.permutations(NAMES[:4]), 2):
        shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=True)))
        first, second = composed(order=one), composed(order=other)
        assert first.stages[:shared] == second.stages[:shared]
        assert first.stages[shared] != second.stages[shared]


def test_explicit_stages_repeat_decay_and_take_overrides():
    curriculum = make_curriculum(
        stages={"sums": {"steps": 7, "learning_rate": 4e-4}},
        schedule={
            "composition": "explicit",
            "lr_decay": 0.5,
            "stages": [
                {"mixture": {"sums": 1}, "repeat": 2},
                {"mixture": {"sums": 1, "sort": 3}, "training": {"method": "sft", "steps": 3}},
            ],
        },
    )
    first, again, mixed = explicit_stages(curriculum)
    assert (first.training.steps, first.training.learning_rate) == (7, 4e-4)
    assert again.training.learning_rate == 2e-4
    assert mixed.mixture == {"sums": 0.25, "sort": 0.75}
    assert (mixed.training.method, mixed.training.steps, mixed.training.learning_rate) == ("sft", 3, 5e-5)
