"""What is believed of the domains: it follows probes, the joint probe and the rounds, each as far as it is sure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from curricula.schema import Adaptive
from scheduler.mixing import Probe
from scheduler.mixing.belief import believe
from scheduler.mixing.transfer import transfer
from scheduler.prediction.dynamics import MISFIT, scores_after
from tests.support.mixing import NOISE, own_effects, seen

BASE = [[0.3, 0.3, 0.3]]
OWN = np.eye(3)
"""One own stage of each domain, one after the other: with no effects on others, its probe."""


def gains(now, training=OWN):
    """What is believed that this training would add to where it stands, (members, domains)."""
    belief = believe(now)
    return belief.after(training) - belief.now


def test_before_any_round_it_is_what_the_probes_say():
    found = gains(seen(BASE, effects=own_effects([0.3, 0.0, 0.1], [0.05, 0.01, 0.02], draws=120)))
    np.testing.assert_allclose(found.mean(axis=0), [0.3, 0.0, 0.1], atol=0.02)
    np.testing.assert_allclose(found.std(axis=0), [0.05, 0.01, 0.02], rtol=0.25)


def test_few_draws_are_all_used():
    effects = own_effects([0.03] * 3, draws=2)
    effects[1] *= 3
    assert set(gains(seen(BASE, effects=effects)).round(6).ravel()) == {0.03, 0.09}


@pytest.mark.parametrize("at", range(3))
def test_what_the_joint_probe_did_is_believed_of_that_mixture(at):
    scores = np.full(3, 0.31)
    scores[at] = 0.6
    probe = Probe(np.full(3, 1 / 3), scores, np.full(3, NOISE))
    told, untold = ((believe(seen(BASE, probe=some)).after(probe.amounts[None])).mean(axis=0) for some in (probe, None))
    np.testing.assert_allclose(told, scores, atol=0.03)
    assert abs(untold - scores).min() > 0.04


def test_the_joint_probe_is_from_the_base_whatever_was_trained_since():
    probe = Probe(np.full(3, 1 / 3), np.full(3, 0.42), np.full(3, NOISE))
    belief = believe(seen([*BASE, [0.4] * 3, [0.47] * 3, [0.52] * 3], probe=probe))
    np.testing.assert_allclose(scores_after(probe.amounts[None], belief.truth).mean(axis=0), 0.42, atol=0.02)
    np.testing.assert_allclose(belief.now.mean(axis=0), 0.52, atol=0.03)


def test_unprobed_a_domain_is_hoped_to_win_a_fifth_of_what_is_missing():
    transfer = believe(seen([[0.3, 0.6, 0.9]])).truth.transfer
    np.testing.assert_allclose(np.diagonal(transfer.mean(axis=0)), [0.14, 0.08, 0.02], atol=0.02)


def test_what_was_measured_with_more_noise_moves_it_less():
    now = seen([*BASE, [0.6, 0.3, 0.3]])
    found = [believe(replace(now, noise=np.full_like(now.noise, some))).now[:, 0].mean() for some in (0, 0.01, 0.1, 9)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(0.6, abs=0.05)
    assert found[-1] == pytest.approx(believe(seen(BASE)).after(now.pace[:1] / 3)[:, 0].mean(), abs=0.03)


def test_noise_is_that_of_each_domain():
    now = seen([*BASE, [0.6, 0.6, 0.6]])
    loud = believe(replace(now, noise=now.noise + np.array([1, 0, 0]))).now
    assert loud[:, 0].mean() < believe(now).now[:, 0].mean() - 0.1
    np.testing.assert_array_equal(loud[:, 1:], believe(now).now[:, 1:])


def test_what_harms_another_is_found_out_without_probes():
    harm = believe(seen([*BASE, [0.4, 0.15, 0.3]], [[0.8, 0.1, 0.1]])).truth.transfer[:, 0].mean(axis=0)
    assert harm[1] < min(0, harm[2]) - 0.05


def test_how_much_reaches_a_domain_while_it_is_trained_is_not_known():
    exposure = believe(seen(BASE)).truth.exposure
    odds = np.log(exposure / (1 - exposure))
    assert np.median(odds) == pytest.approx(0, abs=0.2)
    assert odds.std() == pytest.approx(1, abs=0.15)


def test_the_same_gain_from_less_training_promises_more():
    cheap, dear = (believe(seen([*BASE, [0.45] * 3], rounds=rounds)).after(OWN).mean() for rounds in (12, 1))
    assert cheap > dear + 0.05


def test_noise_is_not_taken_for_knowledge():
    """A score as unsure as what was believed before halves the variance, however often it is taken in."""
    now = seen([*BASE, [0.4] * 3], rounds=1)
    prior = believe(seen(BASE, rounds=1)).after(now.pace[:1] / 3)
    same = replace(now, noise=np.tile(prior.var(axis=0), (2, 1)))
    kept = believe(same).now.var(axis=0) / prior.var(axis=0)
    assert kept.mean() == pytest.approx(0.5, abs=0.1)


def test_what_was_measured_without_noise_is_still_not_explained_to_the_last_digit():
    now = seen([*BASE, [0.45] * 3])
    exact = believe(replace(now, noise=np.zeros_like(now.noise)))
    np.testing.assert_allclose(exact.now.std(axis=0), MISFIT, atol=MISFIT / 2)


@pytest.mark.parametrize("at", range(3))
def test_a_domains_scores_say_nothing_of_others(at):
    low, high = [0.4, 0.4, 0.4], [0.4, 0.4, 0.4]
    high[at] = 0.7
    few, many = (believe(seen([*BASE, last])).truth for last in (low, high))
    others = np.arange(3) != at
    np.testing.assert_array_equal(few.repair[:, others], many.repair[:, others])
    np.testing.assert_array_equal(few.transfer[:, :, others], many.transfer[:, :, others])
    assert few.transfer[:, at, at].mean() < many.transfer[:, at, at].mean()


def test_own_training_is_never_taken_to_repair_without_end():
    """However little of it came before a large gain."""
    repair = believe(seen([*BASE, [0.9] * 3, [0.9] * 3], rounds=64)).truth.repair
    assert np.median(repair) > 20
    assert repair.max() <= np.exp(4.0)


def test_what_was_read_off_and_what_goes_on_are_told_apart():
    """Two rounds, read off after twice as much training as the rounds that follow them begin with, or after half."""
    truth = believe(seen(BASE, effects=own_effects([0.3, 0.2, 0.1]))).truth
    known = replace(truth, transfer=truth.transfer[:1], repair=np.array([2.5]), exposure=np.array([0.5]))
    for factor in (2.0, 0.5):
        now = seen(BASE, effects=own_effects([0.3, 0.2, 0.1]), rounds=4)
        on = now.even * now.pace[0]
        after = [scores_after(np.array(stages), known)[0] for stages in ([on * factor], [on, on * factor])]
        told = replace(
            now,
            shares=np.tile(now.even, (2, 1)),
            scores=np.array([*BASE, *after]),
            noise=np.full((3, 3), NOISE),
            read_off=np.concatenate([now.pace[:-1] * factor, now.pace[-1:]]),
        )
        stands = scores_after(np.array([on, on]), known)[0]
        np.testing.assert_allclose(believe(told).now.mean(axis=0), stands, atol=0.012)
        assert abs(believe(replace(told, read_off=None)).now.mean(axis=0) - stands).max() > 0.03


def test_what_is_predicted_is_the_reading_after_the_round():
    now = seen(BASE, effects=own_effects([0.3, 0.2, 0.1]))
    unread = replace(now, read_off=np.concatenate([0 * now.pace[:-1], now.pace[-1:]]))
    found, plain = (transfer(one, Adaptive()) for one in (unread, now))
    assert found.predicted == pytest.approx(BASE[0])
    assert plain.predicted.max() > 0.32
    # What is planned for the end does not change by where rounds are read off.
    np.testing.assert_array_equal(found.shares, plain.shares)
