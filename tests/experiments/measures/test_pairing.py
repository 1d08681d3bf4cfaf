"""The sign-flip test over items, against other people's tests and against what chance does."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from experiments.measures.pairing import DRAWS, MANY, paired_p


def test_right_or_wrong_is_mcnemars_exact_test() -> None:
    change = np.array([-1.0] * 9 + [1.0] * 2 + [0.0] * 40)
    assert paired_p(change, 1) == pytest.approx(binomtest(2, 11).pvalue)


def test_means_of_several_answers_are_exact() -> None:
    change = np.array([-0.5, -0.25, -1.0, 0.25, 0.0, -0.75])
    sizes = np.abs(change)
    sums = [
        abs(sum(sign * size for sign, size in zip(signs, sizes, strict=True))) for signs in product((-1, 1), repeat=6)
    ]
    assert paired_p(change, 4) == pytest.approx(np.mean(np.array(sums) >= abs(change.sum()) - 1e-12))


def test_graded_scores_are_tossed_as_often_as_it_takes() -> None:
    rng = np.random.default_rng(1)
    change = np.round(rng.normal(-0.1, 0.2, 12), 4)
    sums = np.array([signs @ np.abs(change) for signs in np.array(list(product((-1, 1), repeat=12)))])
    exact = np.mean(np.abs(sums) >= abs(change.sum()) - 1e-12)
    assert paired_p(change, 2) == pytest.approx(exact, abs=4 * np.sqrt(exact / DRAWS))
    assert paired_p(change, 2) == paired_p(change, 2)


def test_many_graded_items_are_as_a_z_test() -> None:
    change = np.random.default_rng(2).normal(-0.01, 0.3, MANY + 500)
    assert paired_p(change, 4) == pytest.approx(ttest_1samp(change, 0).pvalue, rel=0.05)


@pytest.mark.parametrize("samples", [1, 3])
def test_no_difference_is_p_1(samples: int) -> None:
    assert paired_p(np.zeros(30), samples) == 1.0


def test_two_samplings_of_one_model_differ_in_at_most_5_percent() -> None:
    """Answers right or wrong, four an item, items of every hardness: 1,000 pairs of equal models."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(1000):
        chance = rng.beta(0.6, 0.6, 60)[:, None]
        before, after = ((rng.random((60, 4)) < chance).mean(axis=1) for _ in range(2))
        found.append(paired_p(after - before, 4))
    assert np.mean(np.array(found) <= 0.05) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)
