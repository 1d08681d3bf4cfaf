"""Precedences, own gains and harms: what is claimed, in which direction, and that little is claimed of noise."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from domains.interval import Interval
from scheduler.evidence.claims import adjusted, harms, own_gains, precedence, precedences
from scheduler.evidence.effects import Finding, by_probes
from scheduler.evidence.transfer import measure_transfer
from scheduler.measurements import Measurements
from scheduler.prediction.predict import predict
from scheduler.statistics.intervals import interval, p_value
from scheduler.statistics.unseen import least
from tests.support.scheduler import NAMES, measure

BASE = np.full(3, 0.3)
B = np.array([[0.3, -0.2, -0.2], [0.0, 0.3, -0.2], [0.0, 0.0, 0.3]])
WEIGHTS = np.array([0.5, 0.3, 0.2])


def claimed(m, kept=None):
    return precedences(m.domains, m.weights, kept or m.domains, by_probes(m), m.seeds)


def test_a_precedence_gains_what_swapping_neighbours_does():
    effects = np.random.default_rng(0).normal(size=(3, 3))
    for i, j in combinations(range(3), 2):
        rest = [k for k in range(3) if k not in (i, j)]
        one, other = ([NAMES[k] for k in (*rest, *pair)] for pair in ((i, j), (j, i)))
        totals = [WEIGHTS @ predict(order, NAMES[:3], BASE, effects) for order in (one, other)]
        assert (precedence(WEIGHTS, i, j) * effects).sum() == pytest.approx(totals[0] - totals[1])


def test_clear_precedences_are_identified_in_the_direction_that_gains():
    found = claimed(measure(BASE, B, noise=(0.002, 0.05), weights=WEIGHTS))
    assert {(one.first, one.second) for one in found} == {("sums", "sort"), ("sums", "spell"), ("sort", "spell")}
    assert all(one.identified and one.gain.sign > 0 for one in found)
    gains = {(one.first, one.second): one.gain.value for one in found}
    assert gains["sums", "sort"] == pytest.approx(0.3 * 0.2, abs=0.02)
    assert [one.p for one in found] == sorted(one.p for one in found)


def test_only_pairs_that_are_trained_are_asked():
    assert len(claimed(measure(BASE, B, noise=(0.002, 0.05)), ("sums", "spell"))) == 1


def test_one_seed_identifies_nothing():
    found = claimed(measure(BASE, B, seeds=1, noise=(0.0, 0.01)))
    assert all(one.p_adjusted < 0.01 and not one.identified for one in found)


def test_one_pair_of_many_pays_for_all():
    found = [Finding(Interval.of(1, 0.1, 2, 3), p) for p in (0.01, 0.04, 0.03)]
    assert adjusted(found) == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [2, 5])
def test_noise_identifies_a_precedence_in_at_most_one_run_in_twenty(seeds):
    runs = 300
    found = [
        claimed(measure(BASE, np.zeros((3, 3)), seeds=seeds, items=50, noise=(0.04, 0.3), rng=rng))
        for rng in range(runs)
    ]
    assert sum(any(one.identified for one in each) for each in found) / runs < 0.05 + 2 * 0.0126


def test_own_gains_are_the_diagonal_and_say_whether_it_is_raised():
    m = measure(BASE, np.diag([0.2, 0.0, -0.2]), noise=(0.002, 0.05))
    found = own_gains(m.domains, m.mean(()), by_probes(m))
    assert [gain.domain for gain in found] == list(NAMES[:3])
    assert [gain.raised for gain in found] == [True, False, False]
    assert found[2].p_adjusted < 0.05
    assert found[0].base == pytest.approx(0.3, abs=0.02)


def test_the_most_harmful_domain_goes_first_and_the_last_one_stays():
    def gain(kept, name):
        return Finding(Interval.of(len(name) / 10, 0.1, 0.9, 3), 0.0001)

    found = harms(("a", "bb", "ccc"), gain, 3)
    assert [(harm.domain, harm.left_out) for harm in found] == [("ccc", True), ("bb", True)]


def test_harm_that_is_not_sure_leaves_nothing_out():
    def gain(kept, name):
        return Finding(Interval.of(0.1, -0.1, 0.3, 3), 0.04)

    found = harms(("a", "b"), gain, 3)
    assert [(harm.left_out, harm.p_adjusted) for harm in found] == [(False, 0.08)] * 2


def test_one_seed_leaves_nothing_out():
    assert not any(harm.left_out for harm in harms(("a", "b"), lambda *_: Finding(Interval.of(1, 1, 1, 1), 0.0), 1))


def test_sums_of_effects_are_paired():
    """The base enters both effects on one domain and cancels in their difference."""
    m = measure(BASE, B, noise=(0.0, 0.3))
    difference = np.zeros((3, 3))
    difference[0, 2], difference[1, 2] = 1.0, -1.0
    apart = m.scores[("sums",)][2] - m.scores[("sort",)][2]
    found, direct = by_probes(m)(difference).gain, interval({"spell": apart})
    assert (found.value, *found.ends) == pytest.approx((direct.value, *direct.ends))


def test_nothing_summed_is_nothing_found():
    found = by_probes(measure(BASE, B, noise=(0.01, 0.1)))(np.zeros((3, 3)))
    assert (found.gain.ends, found.p) == ((0, 0), 1)


def test_a_base_that_luck_left_without_a_right_answer_makes_no_sure_gain():
    """Nothing was learnt: each of ten seeds solves two other items. Both gains were called sure."""
    base, after = np.zeros((10, 100)), np.zeros((10, 100))
    after[np.repeat(range(10), 2), range(20)] = 1.0
    names = ("a", "b")
    m = Measurements(names, np.full(2, 0.5), {(): (base, base), ("a",): (after, base), ("b",): (base, after)})
    found = own_gains(names, m.mean(()), by_probes(m))
    assert [gain.gain.value for gain in found] == pytest.approx([0.02, 0.02])
    assert not any(gain.raised for gain in found)
    assert p_value({"a": after - base}) < 0.01
    # What the matrix shows is what is claimed.
    shown = measure_transfer(m).effects
    assert shown[0][0] == found[0].gain
    # None of 100 items moved, and of others like them some may; a stage that left the base itself has no effect.
    assert shown[0][1].ends == pytest.approx((-least(100), least(100)))
    still = replace(m, scores={**m.scores, ("b",): (base, base)})
    assert [cell.ends for cell in measure_transfer(still).effects[1]] == [(0.0, 0.0)] * 2
