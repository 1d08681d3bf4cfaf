"""Joint training at a schedule's budget."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.compose import compose
from scheduler.joint import budget, joint, joint_tuned
from tests.support.scheduler import NAMES, make_curriculum

ORDER = NAMES[:3]


def make_schedule(curriculum, order=ORDER):
    return compose(order, "sequential", curriculum, name="arm", role="order")


@given(steps=st.lists(st.integers(1, 60), min_size=3, max_size=3), decay=st.floats(0.1, 1))
@settings(max_examples=40, deadline=None)
def test_joint_arms_spend_the_schedules_steps(steps, decay):
    stages = {name: {"steps": count} for name, count in zip(ORDER, steps, strict=True)}
    curriculum = make_curriculum(ORDER, stages=stages, schedule={"lr_decay": decay})
    schedule = make_schedule(curriculum)
    plain = joint(curriculum, budget(schedule), "joint", "")
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
@settings(max_examples=40, deadline=None)
def test_with_mixed_overrides_joint_gets_the_budget_and_less_than_a_step_more(prompts, rollouts, sft):
    stages = {
        name: {"prompts": p, "rollouts": r, "method": "sft" if name in sft else "grpo"}
        for name, p, r in zip(ORDER, prompts, rollouts, strict=True)
    }
    curriculum = make_curriculum(ORDER, stages=stages)
    spent = budget(make_schedule(curriculum))
    found = joint(curriculum, spent, "joint", "Why.")
    assert spent <= budget(found) < spent + 16
    assert all(name in found.origin for name in sft)
    assert found.origin.startswith("Why.")


def test_joint_keeps_one_learning_rate_and_tuned_takes_the_decay_and_leaves_out():
    curriculum = make_curriculum(ORDER, schedule={"lr_decay": 0.5})
    schedule = make_schedule(curriculum, ORDER[:2])
    plain = joint(curriculum, budget(schedule), "joint", "")
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
