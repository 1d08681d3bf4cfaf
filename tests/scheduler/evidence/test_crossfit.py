"""The rule against the mean of all orders: an order is never judged by what it was chosen by."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import numpy as np
import pytest

from scheduler.evidence.crossfit import doubled, over_mean
from scheduler.orderings.bwt import bwt
from scheduler.planning.planner import ordering_input
from scheduler.prediction.predict import counted, counted_on_average, predict
from tests.support.scheduler import NAMES, make_curriculum, measure, permuted

pytestmark = pytest.mark.slow

BASE = np.full(4, 0.4)


def best(m):
    return bwt(ordering_input(m, curriculum(m.domains), {}))


@cache
def curriculum(domains):
    return make_curriculum(domains)


def drawn(rng, size=0.05):
    found = np.random.default_rng(rng).normal(0, size, (4, 4))
    np.fill_diagonal(found, 0.1)
    return found


def test_on_average_every_pair_stands_half_of_the_time():
    names, kept = NAMES[:4], NAMES[:3]
    mean = np.mean([counted(order, names) for order in permutations(kept)], axis=0)
    assert counted_on_average(names, kept) == pytest.approx(mean)


def test_exact_data_give_the_true_contrast_and_twice_that_against_the_reverse():
    effects, names = drawn(0), NAMES[:4]
    m = measure(BASE, effects)
    order = best(m)
    total = {o: predict(o, names, BASE, effects).mean() for o in permutations(names)}
    found = over_mean(m, names, best)
    assert found.value == pytest.approx(total[order] - np.mean(list(total.values())))
    assert doubled(found).value == pytest.approx(total[order] - total[order[::-1]])


def test_no_order_is_judged_by_seeds_or_items_that_it_was_chosen_by():
    m = measure(BASE, drawn(1), seeds=3, items=20, noise=(0.02, 0.2))
    seen = []

    def spying(part):
        seen.append(part)
        return best(part)

    over_mean(m, m.domains, spying)
    assert len(seen) == 6
    whole = m.scores[("sums",)][0]
    for at, part in enumerate(seen):
        seed, half = divmod(at, 2)
        others = [other for other in range(3) if other != seed]
        assert np.array_equal(part.scores[("sums",)][0], whole[others, 1 - half :: 2])


def test_one_seed_is_judged_by_other_items_only():
    m = measure(BASE, drawn(1), seeds=1, items=20, noise=(0.0, 0.1))
    assert over_mean(m, m.domains, best).n == 1


def test_one_item_leaves_nothing_to_judge_by():
    found = over_mean(measure(BASE, drawn(1), items=1), NAMES[:4], best)
    assert "one item" in found.missing
    assert doubled(found) == found


def test_a_rule_that_does_not_look_at_scores_needs_no_wider_interval():
    m = measure(BASE, drawn(2), noise=(0.02, 0.2))
    wide, plain = (over_mean(m, m.domains, lambda part: part.domains, blind=blind) for blind in (False, True))
    assert plain.value == pytest.approx(wide.value)
    assert plain.width < 0.8 * wide.width


def test_permuting_domains_changes_nothing():
    m = measure(BASE, drawn(2), noise=(0.02, 0.2))
    plain, turned = (over_mean(one, one.domains, best) for one in (m, permuted(m, [2, 0, 3, 1])))
    assert turned.value == pytest.approx(plain.value)
    assert turned.width == pytest.approx(plain.width)


@pytest.mark.parametrize(
    ("seeds", "noise"),
    [(3, (0.04, 0.0)), (3, (0.03, 0.3)), (5, (0.03, 0.3))],
    ids=["3-seeds", "3-both", "5-both"],
)
def test_where_no_order_matters_the_rule_seldom_beats_any(seeds, noise):
    """Twice as often without the correction for folds that share data."""
    runs, found = 200, 0
    for rng in range(runs):
        m = measure(BASE, np.zeros((4, 4)), seeds=seeds, items=40, noise=noise, rng=rng)
        found += over_mean(m, m.domains, best).sign != 0
    assert found / runs <= 0.06 + 0.0168
