"""Joint training at a schedule's budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.composing.compose import compose, written_out
from scheduler.composing.joint import budget, joint, joint_tuned, lengths_by_effect, spent
from scheduler.composing.rate_path import paced
from scheduler.probing.probes import probe_schedules
from tests.support.properties import examples
from tests.support.scheduler import NAMES, make_curriculum

ORDER = NAMES[:3]


def make_schedule(curriculum, order=ORDER):
    return compose(order, "sequential", curriculum, name="arm", role="order")


@given(steps=st.lists(st.integers(1, 60), min_size=3, max_size=3), decay=st.floats(0.1, 1))
@examples(40)
def test_joint_arms_spend_the_schedules_steps(steps, decay):
    stages = {name: {"steps": count} for name, count in zip(ORDER, steps, strict=True)}
    curriculum = make_curriculum(ORDER, stages=stages, schedule={"lr_decay": decay})
    schedule = make_schedule(curriculum)
    plain = joint(curriculum, schedule, "joint", "")
    tuned = joint_tuned(curriculum, schedule, (), "")
    assert plain.steps == tuned.steps == schedule.steps
    assert budget(plain) == budget(tuned) == budget(schedule)
    assert [stage.training.steps for stage in tuned.stages] == steps
    assert plain.stages[0].mixture == pytest.approx({n: s / sum(steps) for n, s in zip(ORDER, steps, strict=True)})


@given(
    prompts=st.lists(st.integers(1, 9), min_size=3, max_size=3),
    rollouts=st.lists(st.integers(2, 9), min_size=3, max_size=3),
    sft=st.sets(st.sampled_from(ORDER)),
)
@examples(40)
def test_with_mixed_overrides_joint_gets_the_budget_and_less_than_a_step_more(prompts, rollouts, sft):
    stages = {
        name: {"prompts": p, "rollouts": r, "method": "sft" if name in sft else "grpo"}
        for name, p, r in zip(ORDER, prompts, rollouts, strict=True)
    }
    curriculum = make_curriculum(ORDER, stages=stages)
    like = make_schedule(curriculum)
    found = joint(curriculum, like, "joint", "Why.")
    assert budget(like) <= budget(found)
    assert found.origin == "Why."
    # By the same methods, each on the domains that it is used on, and as many completions of each but for rounding.
    assert {stage.training.method for stage in found.stages} == {stage.training.method for stage in like.stages}
    for stage in found.stages:
        theirs = [one for one in like.stages if one.training.method == stage.training.method]
        assert set(stage.mixture) == {name for one in theirs for name in one.mixture}
        asked = sum(one.rollout_budget for one in theirs)
        assert asked <= stage.rollout_budget < asked + stage.training.completions
    drawn = {name: count for stage in found.stages for name, count in stage.examples.items()}
    if sum(drawn.values()) > 1.1 * sum(one.training.steps * one.training.prompts for one in like.stages) + 16:
        assert any("prompts" in words for words in found.unequal)


def test_joint_keeps_one_learning_rate_and_tuned_takes_the_decay_and_leaves_out():
    curriculum = make_curriculum(ORDER, schedule={"lr_decay": 0.5})
    schedule = make_schedule(curriculum, ORDER[:2])
    plain = joint(curriculum, schedule, "joint", "")
    assert [stage.training.learning_rate for stage in plain.stages] == [2e-4]
    assert set(plain.stages[0].mixture) == set(ORDER)
    tuned = joint_tuned(curriculum, schedule, (ORDER[2],), "")
    assert [stage.training.learning_rate for stage in tuned.stages] == [2e-4, 1e-4]
    assert all(set(stage.mixture) == set(ORDER[:2]) for stage in tuned.stages)
    assert plain.composition == tuned.composition == "joint"


def test_a_joint_stage_that_is_shorter_than_the_warm_up_still_reaches_its_peak():
    stages = {name: {"steps": 3, "warmup_steps": 0} for name in ORDER}
    curriculum = make_curriculum(
        ORDER, stages=stages, training={"steps": 10, "prompts": 4, "rollouts": 4, "warmup_steps": 5}
    )
    tuned = joint_tuned(curriculum, make_schedule(curriculum), (), "")
    assert [(stage.training.steps, stage.training.warmup_steps) for stage in tuned.stages] == [(3, 2)] * 3


def test_joint_draws_as_many_prompts_where_all_domains_have_other_rollouts_than_the_default():
    stages = {name: {"rollouts": 8, "prompts": 2} for name in ORDER}
    curriculum = make_curriculum(ORDER, stages=stages)
    like = make_schedule(curriculum)
    found = joint(curriculum, like, "joint", "")
    assert sum(found.stages[0].examples.values()) == sum(stage.training.steps * 2 for stage in like.stages)
    assert budget(found) == budget(like)
    assert found.unequal == ()


def test_what_is_not_equal_is_said():
    curriculum = make_curriculum(ORDER, stages={ORDER[0]: {"rollouts": 5, "steps": 40}})
    found = joint(curriculum, make_schedule(curriculum), "joint", "")
    assert any(words.startswith("joint draws") for words in found.unequal)


def test_explicit_stages_have_a_joint_baseline_by_their_methods_in_their_shares():
    written = {
        "composition": "explicit",
        "stages": [
            {"mixture": {ORDER[0]: 1}, "training": {"method": "sft", "steps": 6, "prompts": 16}},
            {"mixture": {ORDER[0]: 1, ORDER[1]: 3}, "training": {"steps": 10}},
        ],
    }
    curriculum = make_curriculum(ORDER, schedule=written)
    like = written_out(curriculum, name="explicit", role="main")
    sft, grpo = joint(curriculum, like, "joint", "").stages
    assert (sft.training.method, grpo.training.method) == ("sft", "grpo")
    assert (sft.mixture, grpo.mixture) == ({ORDER[0]: 1.0}, {ORDER[0]: 0.25, ORDER[1]: 0.75})
    assert (sft.rollout_budget, grpo.rollout_budget) == (96, 160)


def test_shares_by_effect_stay_within_bounds():
    assert lengths_by_effect({"a": 0.4, "b": 0.2, "c": -0.3}) == {"a": 1.0, "b": 0.5, "c": 0.25}
    assert lengths_by_effect({"a": -0.4, "b": 0.0}) == {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize("rate", ["per_stage", "whole", "trunk"])
def test_what_probes_share_counts_once(rate):
    curriculum = make_curriculum(ORDER, schedule={"rate": rate})
    probes = probe_schedules(curriculum)
    alone = spent(probes)
    assert alone >= sum(budget(probe) for probe in probes)
    whole = sum(curriculum.stage_training(name).steps for name in ORDER)
    both = paced(compose(ORDER[:2], "sequential", curriculum, name="both", role="order"), curriculum, whole)
    assert spent([*probes, both]) - alone <= 2 * budget(probes[0])
