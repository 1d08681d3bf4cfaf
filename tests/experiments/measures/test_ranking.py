"""Ranking by confidence: closed forms against brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures import ranking
from experiments.measures.ranking import of, pseudo_values

FORECASTS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=40
).map(lambda rows: (np.array([c for c, _ in rows]), np.array([float(z) for _, z in rows])))


@given(FORECASTS)
def test_auroc_is_the_share_of_pairs_in_which_the_right_one_is_surer(forecast):
    confidence, right = forecast
    pairs = [(one > other) + 0.5 * (one == other) for one in confidence[right == 1] for other in confidence[right == 0]]
    found = of(ranking.auroc, confidence, right)
    assert found is None if not pairs else found == pytest.approx(np.mean(pairs))


@given(FORECASTS)
def test_aurc_is_the_mean_risk_over_coverages_whatever_the_order_of_ties(forecast):
    confidence, right = forecast
    order = np.lexsort((np.arange(len(right)), -confidence))
    shuffled = np.random.default_rng(3).permutation(len(right))
    assert of(ranking.aurc, confidence[shuffled], right[shuffled]) == pytest.approx(of(ranking.aurc, confidence, right))
    if len(set(confidence)) == len(confidence):
        risks = [1 - right[order[: k + 1]].mean() for k in range(len(right))]
        assert of(ranking.aurc, confidence, right) == pytest.approx(np.mean(risks))


def test_aurc_with_ties_is_the_mean_over_all_orders_of_the_tied():
    confidence, right = np.array([0.9, 0.5, 0.5, 0.5, 0.1]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    each = [
        np.mean([1 - right[[0, *middle, 4]][: k + 1].mean() for k in range(5)]) for middle in permutations((1, 2, 3))
    ]
    assert of(ranking.aurc, confidence, right) == pytest.approx(np.mean(each))


@given(FORECASTS)
def test_e_aurc_is_never_below_zero_and_zero_for_an_oracle(forecast):
    confidence, right = forecast
    assert of(ranking.e_aurc, confidence, right) >= -1e-12
    assert of(ranking.e_aurc, right, right) == pytest.approx(0.0)


def test_pseudo_values_of_a_mean_are_the_items_own_values():
    confidence, right = np.random.default_rng(1).random((2, 30, 4))
    right = np.round(right)
    found = pseudo_values(lambda held: held.right.sum(-1) / (held.right + held.wrong).sum(-1), confidence, right)
    assert found == pytest.approx(right.mean(axis=1))


def test_pseudo_values_of_auroc_vary_as_delong_says():
    rng = np.random.default_rng(2)
    right = (rng.random((400, 1)) < 0.5).astype(float)
    confidence = np.clip(0.4 * right + 0.3 * rng.random((400, 1)) + 0.3 * rng.random((400, 1)), 0, 1)
    values = pseudo_values(ranking.auroc, confidence, right, groups=400)
    wins, losses = confidence[right == 1], confidence[right == 0]
    above = (wins[:, None] > losses[None]).astype(float)
    delong = above.mean(1).var(ddof=1) / len(wins) + above.mean(0).var(ddof=1) / len(losses)
    assert values.mean() == pytest.approx(of(ranking.auroc, confidence, right), abs=1e-3)
    assert values.var(ddof=1) / 400 == pytest.approx(delong, rel=0.05)
    pairs = pseudo_values(ranking.auroc, confidence, right, groups=200)
    assert pairs.shape == (200,)
    assert pairs.var(ddof=1) / 200 == pytest.approx(delong, rel=0.2)


def test_a_statistic_that_an_item_alone_holds_up_has_no_pseudo_values():
    right = np.array([[1.0], [0.0], [0.0]])
    assert pseudo_values(ranking.auroc, np.array([[0.9], [0.2], [0.1]]), right) is None
