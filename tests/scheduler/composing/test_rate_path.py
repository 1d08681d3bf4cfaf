"""How the learning rate moves over a schedule, and where it is read off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.stage import Schedule, Stage, Training
from experiments.training.rate import factor
from scheduler.composing.pace import mean_rate
from scheduler.composing.rate_path import pieces, readings, trained

STEPS = st.lists(st.integers(1, 80), min_size=1, max_size=6)
ANNEAL = st.floats(0.01, 1)


def schedule(steps, rate, anneal=0.25, names="abcdef", **training):
    stages = tuple(
        Stage(mixture={name: 1.0}, training=Training(steps=count, **training))
        for name, count in zip(names, steps, strict=False)
    )
    return Schedule(name="arm", role="main", stages=stages, rate=rate, anneal=anneal)


def steps(chain):
    return sum(stage.training.steps for stage in chain)


def rates(chain):
    return [factor(stage, step) for stage in chain for step in range(stage.training.steps)]


@given(STEPS, st.sampled_from(["per_stage", "whole", "trunk"]), ANNEAL)
def test_the_budget_stays_and_the_last_reading_is_what_was_trained(counts, rate, anneal):
    arm = schedule(counts, rate, anneal)
    assert steps(trained(arm)) == sum(counts)
    assert readings(arm)[0] == ()
    assert readings(arm)[-1] == trained(arm)
    assert len(readings(arm)) == len(counts) + 1
    drawn = [sum(stage.examples.values()) for stage in trained(arm)]
    assert sum(drawn) == sum(counts) * 8


@given(STEPS, st.sampled_from(["linear", "cosine"]), st.integers(0, 20))
def test_one_rate_over_all_stages_is_that_of_one_stage(counts, shape, warmup):
    arm = schedule(counts, "whole", lr_schedule=shape, warmup_steps=warmup)
    one = Stage(mixture={"a": 1.0}, training=Training(steps=sum(counts), lr_schedule=shape, warmup_steps=warmup))
    assert rates(trained(arm)) == pytest.approx([factor(one, step) for step in range(sum(counts))], abs=1e-9)
    assert all(stage.training.optimizer == "carry" for stage in trained(arm))


@given(STEPS, ANNEAL)
def test_readings_of_a_whole_branch_off_and_fall_to_zero(counts, anneal):
    arm = schedule(counts, "whole", anneal)
    for depth, reading in enumerate(readings(arm)[1:-1], start=1):
        assert reading[:depth] == trained(arm)[:depth]
        (branch,) = reading[depth:]
        assert branch.continues
        assert branch.mixture == trained(arm)[depth - 1].mixture
        left = 1 - sum(counts[:depth]) / sum(counts)
        assert factor(branch, 0) == pytest.approx(left)
        assert factor(branch, branch.training.steps) == pytest.approx(0, abs=1e-9)


@given(STEPS, ANNEAL)
def test_the_beginning_of_a_whole_is_read_off_where_the_whole_is(counts, anneal):
    arm = schedule(counts, "whole", anneal)
    for depth in range(1, len(counts) + 1):
        begun = arm.model_copy(update={"stages": arm.stages[:depth], "span": arm.steps})
        assert readings(begun) == readings(arm)[: depth + 1]


@given(STEPS, ANNEAL, st.integers(0, 5))
def test_a_trunk_is_stable_until_the_last_steps_and_readings_cost_nothing_more(counts, anneal, warmup):
    arm = schedule(counts, "trunk", anneal, warmup_steps=warmup)
    for depth, reading in enumerate(readings(arm)[1:], start=1):
        so_far = sum(counts[:depth])
        assert steps(reading) == so_far
        tail = min(counts[depth - 1], max(1, round(anneal * so_far)))
        found = rates(reading)
        warm = reading[0].training.warmup_steps
        assert all(rate == 1 for rate in found[warm : so_far - tail])
        assert reading[-1].training.lr_schedule == "linear"
        begun = arm.model_copy(update={"stages": arm.stages[:depth]})
        assert readings(begun) == readings(arm)[: depth + 1]


def test_schedules_that_begin_alike_share_the_trunk():
    one, other = schedule([8, 8, 8], "trunk"), schedule([8, 8, 8], "trunk", names="abd")
    assert trained(one)[:4] == trained(other)[:4]
    assert readings(one)[2] == readings(other)[2]


def test_a_rate_that_never_falls_falls_linearly_at_the_end_of_a_path():
    arm = schedule([8, 8], "whole", lr_schedule="constant")
    assert rates(trained(arm))[-1] == pytest.approx(1 / 16)


def test_pieces_of_a_stage_are_one_stage_to_a_reader():
    arm = schedule([8, 8], "trunk")
    assert [stage.continues for stage in trained(arm)] == [False, True, False, True]
    assert [stage.label for stage in trained(arm)] == ["a", "a", "b", "b"]


@given(STEPS, ANNEAL, st.integers(0, 40))
def test_a_trunk_rises_once_and_has_reached_its_peak_before_it_falls(counts, anneal, warmup):
    """Also where the warm-up is longer than the first piece."""
    first = trained(schedule(counts, "trunk", anneal, warmup_steps=warmup))[0]
    assert factor(first, first.training.warmup_steps) == 1
    assert first.training.warmup_steps < first.training.steps
    assert all(stage.training.warmup_steps == 0 for stage in trained(schedule(counts, "trunk", anneal))[1:])


@given(STEPS, st.floats(0, 0.99))
def test_a_whole_path_warms_up_once_over_a_share_of_all_its_steps(counts, ratio):
    arm = schedule(counts, "whole", lr_schedule="linear", warmup_ratio=ratio)
    one = Stage(mixture={"a": 1.0}, training=Training(steps=sum(counts), lr_schedule="linear", warmup_ratio=ratio))
    found = rates(trained(arm))
    assert found == pytest.approx([factor(one, step) for step in range(sum(counts))], abs=1e-9)
    peak = found.index(max(found))
    assert peak == one.training.warmup(sum(counts)) < sum(counts)
    for reading in readings(arm)[1:-1]:
        assert reading[-1].training.warmup(1) == 0


@given(STEPS, ANNEAL, st.floats(0, 0.99))
def test_a_trunk_warms_up_over_a_share_of_its_first_stage(counts, anneal, ratio):
    arm = schedule(counts, "trunk", anneal, warmup_ratio=ratio)
    by_steps = schedule(counts, "trunk", anneal, warmup_steps=arm.stages[0].training.warmup(counts[0]))
    assert trained(arm) == trained(by_steps)
    assert readings(arm) == readings(by_steps)


@given(STEPS, st.floats(0, 0.99))
def test_each_stage_of_its_own_warms_up_over_a_share_of_its_steps(counts, ratio):
    for stage in trained(schedule(counts, "per_stage", warmup_ratio=ratio)):
        found = rates([stage])
        assert found.index(max(found)) == stage.training.warmup(stage.training.steps) < stage.training.steps


@given(STEPS, st.sampled_from(["per_stage", "whole", "trunk"]), ANNEAL)
def test_every_stage_has_its_pieces_and_they_are_what_is_trained(counts, rate, anneal):
    arm = schedule(counts, rate, anneal)
    found = pieces(arm)
    assert tuple(piece for stage in found for piece in stage) == readings(arm)[-1]
    assert [[piece.mixture for piece in stage] for stage in found] == [
        [stage.mixture] * len(parts) for stage, parts in zip(arm.stages, found, strict=True)
    ]


@given(
    st.integers(1, 60),
    st.sampled_from(["constant", "linear", "cosine"]),
    st.integers(0, 90),
    st.floats(0, 0.9),
    st.floats(0.05, 1),
)
def test_the_mean_rate_is_that_of_the_trainer_s_steps(count, shape, warmup, start, share):
    training = Training(steps=count, lr_schedule=shape, warmup_steps=warmup)
    stage = Stage(mixture={"a": 1.0}, training=training, part=(start, start + share * (1 - start)))
    moments = (np.arange(2000) + 0.5) / 2000 * count
    assert mean_rate(stage) == pytest.approx(np.mean([factor(stage, at) for at in moments]), abs=0.002)
