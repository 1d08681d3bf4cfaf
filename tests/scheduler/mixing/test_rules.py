"""The rules of adaptive mixing on simulated learners (benchmarks/mixing.py), which none of them assumes."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.mixing import early, play
from benchmarks.regimes import hopeless, one_way
from curricula.schema import Adaptive
from scheduler.mixing import RULES, Seen, propose
from scheduler.mixing.belief import believe

SPEC = Adaptive(rounds=4)


def learner(regime, at):
    return regime(np.random.default_rng([at, 7]))


def seen(scores, shares=None, kept=(1.0, 1.0, 1.0)):
    scores = np.array(scores, float)
    even = np.array(kept) / sum(kept)
    shares = np.tile(even, (len(scores) - 1, 1)) if shares is None else np.array(shares, float)
    return Seen(np.ones(3) / 3, even, np.full((4, 3), 0.75), shares, scores, np.full_like(scores, 1e-4))


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


def test_learnability_is_largest_at_one_half():
    shares = propose("learnability", seen([[0.02, 0.5, 0.98]]), SPEC).shares
    assert shares[1] == shares.max()
    assert shares[0] == pytest.approx(shares[2], abs=0.002)


def test_learnability_where_all_is_solved_is_joint():
    np.testing.assert_allclose(propose("learnability", seen([[1, 1, 1]]), SPEC).shares, [0.334, 0.333, 0.333])


def test_slope_counts_gains_for_what_they_cost():
    """Both gained the same; the second took a third of the completions."""
    shares = propose("slope", seen([[0.1, 0.1, 0.1], [0.2, 0.2, 0.1]], [[0.6, 0.2, 0.2]]), SPEC).shares
    assert shares[1] > shares[0] > shares[2]


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
