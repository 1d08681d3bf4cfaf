"""Laws of the dynamics: what was measured comes back, scores stay within bounds, a stage may be cut anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.training_override import TrainingOverride
from scheduler.composing.compose import compose
from scheduler.composing.joint import joint
from scheduler.prediction.dynamics import Truth, amounts, scores_after, stages_of
from scheduler.prediction.predict import predict
from scheduler.probing.probes import joint_probe, own_probes, probe_schedules
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
seeds = st.integers(0, 10_000)


def truth(seed: int, draws: int = 5, **given: float) -> Truth:
    """Bases of .3 to .6, own gains of .05 to .2, effects on others within their room."""
    rng = np.random.default_rng(seed)
    base, transfer = rng.uniform(0.3, 0.6, 4), rng.uniform(-0.2, 0.04, (draws, 4, 4))
    transfer[:, range(4), range(4)] = rng.uniform(0.05, 0.2, (draws, 4))
    repair = np.full(draws, given["repair"]) if "repair" in given else rng.uniform(0.3, 12, draws)
    exposure = np.full(draws, given["exposure"]) if "exposure" in given else rng.uniform(0, 1, draws)
    return Truth(base, transfer, repair, exposure)


@given(seeds)
def test_a_probe_does_what_was_measured(seed):
    known = truth(seed)
    for at, name in enumerate(FOUR):
        found = scores_after(stages_of([name], FOUR), known)
        assert found == pytest.approx(known.base + known.transfer[:, at])


@given(seeds, st.floats(0.05, 0.95))
def test_a_stage_cut_in_two_comes_to_the_same(seed, share):
    known = truth(seed)
    rng = np.random.default_rng(seed)
    stage = rng.uniform(0, 1, (1, 4)) * (rng.random((1, 4)) < 0.7)
    parts = np.vstack([share * stage, (1 - share) * stage])
    assert scores_after(parts, known) == pytest.approx(scores_after(stage, known))


@given(seeds, st.integers(1, 6))
def test_scores_stay_between_nothing_and_the_ceilings(seed, count):
    known = truth(seed)
    training = np.random.default_rng(seed).uniform(0, 3, (count, 4))
    own = np.diagonal(known.transfer, axis1=1, axis2=2)
    found = scores_after(training, known)
    assert (found > 0).all()
    assert (found <= known.base + own / -np.expm1(-known.repair)[:, None] + 1e-9).all()


@given(seeds)
def test_help_adds_nothing_to_what_own_training_has_closed(seed):
    known = truth(seed, repair=60.0)
    helping = Truth(
        known.base, np.where(np.eye(4), known.transfer, abs(known.transfer) / 6), known.repair, known.exposure
    )
    own = np.diagonal(helping.transfer, axis1=1, axis2=2)
    found = scores_after(stages_of(FOUR, FOUR), helping)
    assert found == pytest.approx(helping.base + own, abs=1e-6)


def test_without_effects_on_others_order_and_mixing_come_to_own_gains():
    known = truth(1)
    alone = Truth(known.base, known.transfer * np.eye(4), known.repair, known.exposure)
    own = np.diagonal(alone.transfer, axis1=1, axis2=2)
    for training in (stages_of(FOUR, FOUR), np.ones((1, 4))):
        assert scores_after(training, alone) == pytest.approx(alone.base + own)


def test_small_harm_adds_up_as_the_exact_ordering_assumes():
    known = truth(2, repair=60.0)
    small = np.where(np.eye(4), known.transfer, -abs(known.transfer) / 1000)
    found = scores_after(stages_of(FOUR, FOUR), Truth(known.base, small, known.repair, known.exposure))
    for draw, effects in zip(found, small, strict=True):
        assert draw == pytest.approx(predict(FOUR, FOUR, known.base, effects), abs=1e-3)


def test_the_harmful_domain_goes_first_and_mixing_lies_between_the_orders():
    one_way = np.diag([0.1, 0.1])[None].copy()
    one_way[0, 0, 1] = -0.2
    known = Truth(np.array([0.5, 0.5]), one_way, np.array([2.0]), np.array([1.0]))
    first, last, mixed = (
        scores_after(training, known).mean()
        for training in (stages_of(["a", "b"], ["a", "b"]), stages_of(["b", "a"], ["a", "b"]), np.ones((1, 2)))
    )
    assert last < mixed < first
    spared = Truth(known.base, known.transfer, known.repair, np.array([0.0]))
    assert scores_after(np.ones((1, 2)), spared).mean() > first


def test_amounts_count_completions_against_own_probes():
    curriculum = make_curriculum(FOUR)
    own = own_probes(curriculum)
    probe = probe_schedules(curriculum)[1]
    assert amounts(probe, own) == pytest.approx(stages_of([FOUR[1]], FOUR))
    mixed = joint(curriculum, probe.model_copy(update={"stages": probe.stages * 4}), "joint", "")
    assert amounts(mixed, own) == pytest.approx(np.ones((1, 4)))
    assert amounts(joint_probe(curriculum), own) == pytest.approx(np.full((1, 4), 0.25), abs=0.05)


def changed(schedule=(), training=(), stages=None):
    curriculum = make_curriculum(FOUR)
    return curriculum.model_copy(
        update={
            "schedule": curriculum.schedule.model_copy(update=dict(schedule)),
            "training": curriculum.training.model_copy(update=dict(training)),
            **({} if stages is None else {"stages": stages}),
        }
    )


def sequence(curriculum):
    return compose(tuple(FOUR), "sequential", curriculum, name="arm", role="order")


def test_stages_that_each_have_the_whole_rate_count_by_completions_alone_to_the_bit():
    curriculum = make_curriculum(FOUR)
    own = own_probes(curriculum)
    for arm in (sequence(curriculum), joint(curriculum, sequence(curriculum), "joint", ""), joint_probe(curriculum)):
        budgets = [
            [
                stage.examples.get(name, 0) / sum(stage.examples.values()) * stage.rollout_budget / each.completions
                for name, each in own.items()
            ]
            for stage in arm.stages
        ]
        assert amounts(arm, own).tolist() == budgets


def test_on_one_path_late_stages_train_less_and_joint_training_as_much_in_all():
    curriculum = changed(schedule={"rate": "whole", "anneal": 0.25}, training={"steps": 40})
    own = own_probes(curriculum)
    order, mixed = (
        amounts(arm, own) for arm in (sequence(curriculum), joint(curriculum, sequence(curriculum), "joint", ""))
    )
    assert np.diagonal(order) / order[0, 0] == pytest.approx([1, 5 / 7, 3 / 7, 1 / 7], rel=0.01)
    assert mixed.sum() == pytest.approx(order.sum(), rel=0.01)
    # The probe is the first quarter of the path, 7/8 of the peak, and a branch of a quarter that falls from 3/4 to 0.
    assert order[0, 0] == pytest.approx((7 / 8) / (7 / 8 + 0.25 * 3 / 8), rel=0.01)


def test_a_rate_that_falls_from_stage_to_stage_counts_as_shorter_stages():
    curriculum = changed(schedule={"lr_decay": 0.5})
    found = amounts(sequence(curriculum), own_probes(curriculum))
    assert np.diagonal(found) == pytest.approx([1, 1 / 2, 1 / 4, 1 / 8])


def test_joint_training_is_counted_by_the_rate_of_each_domain_s_own_stage_unless_that_has_another_method():
    rate = make_curriculum(FOUR).training.learning_rate
    stages = {FOUR[0]: TrainingOverride(learning_rate=2 * rate)}
    curriculum = changed(stages=stages)
    own = own_probes(curriculum)
    found = amounts(joint(curriculum, sequence(curriculum), "joint", ""), own)
    assert found == pytest.approx(np.array([[0.5, 1, 1, 1]]))
    assert own[FOUR[0]].amount(sequence(curriculum).stages[0], 1.0) == 1.0


def test_peaks_of_two_methods_are_not_compared():
    rate = make_curriculum(FOUR).training.learning_rate
    curriculum = changed(stages={FOUR[0]: TrainingOverride(method="sft", learning_rate=9 * rate)})
    own = own_probes(curriculum)[FOUR[0]]
    by_grpo = next(stage for stage in sequence(curriculum).stages if stage.training.method == "grpo")
    assert own.amount(by_grpo, 1.0) == pytest.approx(by_grpo.rollout_budget / own.completions)
