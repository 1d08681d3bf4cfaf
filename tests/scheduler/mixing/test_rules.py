"""The rules of adaptive mixing on simulated learners (benchmarks/mixing.py), which none of them assumes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mixing import early, play
from benchmarks.regimes import hopeless, one_way
from curricula.schema import Adaptive
from scheduler.mixing import RULES, Seen, propose
from scheduler.mixing.belief import believe
from scheduler.mixing.seen import floored, in_parts
from tests.support.mixing import seen
from tests.support.properties import examples

SPEC = Adaptive(rounds=4)


def learner(regime, at):
    return regime(np.random.default_rng([at, 7]))


@pytest.mark.slow
@pytest.mark.parametrize("regime", [early, hopeless])
def test_transfer_beats_even_shares_where_one_is_learnt_early_or_harms(regime):
    gains = [
        play(learner(regime, at), "transfer", SPEC, at).final.mean()
        - play(learner(regime, at), "uniform", SPEC, at).final.mean()
        for at in range(3)
    ]
    assert np.mean(gains) > 0.005
    assert min(gains) > -0.01


@pytest.mark.slow
def test_the_objective_worst_raises_the_worst():
    worst = SPEC.model_copy(update={"objective": "worst"})
    pairs = [
        (
            play(learner(one_way, at), "transfer", worst, at).final.min(),
            play(learner(one_way, at), "transfer", SPEC, at),
        )
        for at in range(3)
    ]
    assert np.mean([low - other.final.min() for low, other in pairs]) > 0.02


@pytest.mark.parametrize("rule", RULES)
def test_nothing_starves_and_the_same_is_proposed_again(rule):
    now = seen([[0.1, 0.5, 0.9], [0.0, 0.7, 1.0]])
    first, again = propose(rule, now, SPEC), propose(rule, now, SPEC)
    assert first.shares.min() >= SPEC.floor - 1e-9
    assert first.shares.sum() == pytest.approx(1)
    np.testing.assert_array_equal(first.shares * 1000, np.round(first.shares * 1000))
    np.testing.assert_array_equal(first.shares, again.shares)
    np.testing.assert_array_equal(first.reasons, again.reasons)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_left_out_gets_nothing(rule):
    found = propose(rule, seen([[0.1, 0.5, 0.9], [0.2, 0.7, 0.9]], kept=(1.0, 0.0, 1.0)), SPEC)
    assert found.shares[1] == 0


@pytest.mark.parametrize("rule", RULES)
def test_many_domains_fit_the_floor_exactly(rule):
    spec = Adaptive(rounds=2, floor=0.25)
    size = 4
    even = np.full(size, 1 / size)
    now = Seen(even, even, np.ones((2, size)), np.zeros((0, size)), np.full((1, size), 0.3), np.zeros((1, size)))
    np.testing.assert_allclose(propose(rule, now, spec).shares, even)


positive = st.lists(st.integers(0, 50), min_size=2, max_size=30).filter(any)


@given(parts=positive, floor=st.floats(0, 1), error=st.floats(-1e-12, 1e-12))
@examples(50)
def test_shares_are_whole_thousandths_that_no_rounding_error_decides(parts, floor, error):
    """A share of 0 stays 0, another is at least a thousandth; with the floor none has less than it."""
    wanted = np.array(parts) / sum(parts)
    kept = (wanted > 0).astype(float)
    for shares in (wanted, floored(wanted, kept, floor / kept.sum())):
        found = in_parts(shares)
        assert found.sum() == pytest.approx(1)
        np.testing.assert_array_equal(found > 0, wanted > 0)
        np.testing.assert_allclose(found * 1000, np.round(found * 1000))
        assert (found[kept > 0] >= np.maximum(np.floor(shares[kept > 0] * 1000 - 1e-6), 1) / 1000 - 0.03).all()
        np.testing.assert_array_equal(found, in_parts(shares * (1 + error)))
    assert (floored(wanted, kept, floor / kept.sum())[kept > 0] >= floor / kept.sum() - 1e-12).all()


def test_more_domains_than_thousandths_have_one_part_each():
    np.testing.assert_allclose(in_parts(np.full(1200, 1 / 1200)), 1 / 1200)


def test_learnability_is_largest_at_one_half():
    shares = propose("learnability", seen([[0.02, 0.5, 0.98]]), SPEC).shares
    assert shares[1] == shares.max()
    assert shares[0] == pytest.approx(shares[2], abs=0.002)


def test_learnability_goes_by_the_last_scores():
    early, late = [0.5, 0.9, 0.9], [0.9, 0.9, 0.5]
    assert np.argmax(propose("learnability", seen([early, late]), SPEC).shares) == 2


def test_learnability_where_all_is_solved_is_joint():
    solved = seen([[1, 1, 0]], kept=(2, 1, 1))
    np.testing.assert_allclose(propose("learnability", solved, Adaptive(floor=0)).shares, [0.5, 0.25, 0.25])


def test_slope_counts_gains_for_what_they_cost():
    """Both gained the same; the second took a third of the completions."""
    shares = propose("slope", seen([[0.1, 0.1, 0.1], [0.2, 0.2, 0.1]], [[0.6, 0.2, 0.2]]), SPEC).shares
    assert shares[1] > shares[0] > shares[2]


def test_slope_counts_completions_in_own_stages():
    """The same share is twice as much for a domain whose own stage is half as long."""
    now = seen([[0.1] * 3, [0.2] * 3])
    reasons = propose("slope", replace(now, pace=now.pace * (1, 2, 4)), SPEC).reasons
    np.testing.assert_allclose(reasons / reasons[2], [4, 2, 1])


def test_slope_remembers_the_round_before_the_last_for_half():
    found = propose("slope", seen([[0.1] * 3, [0.1] * 3, [0.2, 0.1, 0.1], [0.2, 0.2, 0.1]]), SPEC)
    assert found.shares[1] > found.shares[0] > found.shares[2]
    assert found.reasons[1] == pytest.approx(2 * found.reasons[0])


def test_slope_takes_from_what_falls_and_most_from_what_falls_fastest():
    for low, middle, high in ([-0.2, -0.1, 0.0], [-0.2, 0.1, 0.2], [-0.3, -0.2, -0.1]):
        shares = propose("slope", seen([[0.5] * 3, [0.5 + low, 0.5 + middle, 0.5 + high]]), SPEC).shares
        assert shares[0] < shares[1] < shares[2]


def test_slope_goes_from_the_shares_of_joint_training():
    """What rises as fast for its completions keeps its shares."""
    shares = propose("slope", seen([[0.1] * 3, [0.3, 0.2, 0.2]], kept=(2, 1, 1)), Adaptive(rounds=4, floor=0)).shares
    np.testing.assert_allclose(shares, [0.5, 0.25, 0.25])


def test_slope_gives_most_but_not_all_to_what_alone_rises():
    shares = propose("slope", seen([[0.1] * 3, [0.3, 0.1, 0.1]]), Adaptive(rounds=4, floor=0)).shares
    assert 0.6 < shares[0] < 0.9


def test_slope_of_what_was_not_trained_is_none():
    """Whatever others did to its score."""
    found = propose("slope", seen([[0.1] * 3, [0.2, 0.2, 0.9]], [[0.5, 0.5, 0.0]]), SPEC)
    assert found.reasons[2] == 0
    assert found.shares[2] == found.shares.min()


def test_slope_begins_as_joint():
    np.testing.assert_allclose(propose("slope", seen([[0.1, 0.5, 0.9]]), SPEC).shares, [0.334, 0.333, 0.333])


def test_what_is_believed_follows_what_was_measured():
    now = seen([[0.2, 0.2, 0.2], [0.5, 0.21, 0.1], [0.6, 0.22, 0.05]])
    found = believe(now).now.mean(axis=0)
    np.testing.assert_allclose(found, now.scores[-1], atol=0.06)


def test_no_ceiling_is_above_one():
    truth = believe(seen([[0.2, 0.9, 0.2], [0.9, 1.0, 0.1], [1.0, 1.0, 0.0]])).truth
    assert truth.ceiling.max() <= 1
    assert truth.ceiling.min() >= 0
