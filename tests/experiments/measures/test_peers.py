"""Measures of confidence against scikit-learn's, and where the two differ, why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, precision_recall_curve, roc_auc_score

from experiments.measures import calibration, choice, ranking
from experiments.measures.ranking import of
from experiments.nodes.options import OptionsRead

pytestmark = pytest.mark.slow


def forecasts(confidences, unique=False, min_size=1):
    """Confidences and outcomes of up to 60 answers."""

    def outcomes(held):
        right = st.lists(st.sampled_from([0.0, 1.0]), min_size=len(held), max_size=len(held))
        return st.tuples(st.just(np.array(held)), right.map(np.array))

    return st.lists(confidences, min_size=min_size, max_size=60, unique=unique).flatmap(outcomes)


TIED = forecasts(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]))
# In hundredths of a percent: neighbours that percentiles, which scikit-learn interpolates, still tell apart.
APART = forecasts(st.integers(0, 10_000).map(lambda part: part / 10_000), unique=True)


def error_of_curve(confidence, right, bins):
    """ECE by scikit-learn's reliability curve; its own rule says how many answers a bin holds: the curve does not."""
    accuracy, sureness = calibration_curve(right, confidence, n_bins=bins, strategy="quantile")
    edges = np.percentile(confidence, np.linspace(0, 100, bins + 1))
    held = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=bins)
    return held, float((held[held > 0] * np.abs(accuracy - sureness)).sum() / len(right))


@given(TIED | APART)
def test_auroc_is_scikit_learns_with_ties_or_without(forecast):
    confidence, right = forecast
    assume(0 < right.sum() < len(right))  # Theirs warns and is NaN, ours is None: in test_ranking.py.
    assert of(ranking.auroc, confidence, right) == pytest.approx(roc_auc_score(right, confidence))


@given(TIED | APART)
def test_brier_is_scikit_learns(forecast):
    confidence, right = forecast
    theirs = brier_score_loss(right, confidence, labels=[0.0, 1.0], pos_label=1.0)
    assert calibration.brier(confidence, right).mean() == pytest.approx(theirs)


@given(APART)
def test_aurc_is_the_mean_of_one_less_scikit_learns_precisions_at_its_thresholds(forecast):
    """Precision among the k surest is 1 − their risk. scikit-learn has no area under it over coverages."""
    confidence, right = forecast
    assume(right.any())  # Else there is a warning that recall does not exist.
    precisions, _, thresholds = precision_recall_curve(right, confidence)
    assert len(thresholds) == len(right)
    assert of(ranking.aurc, confidence, right) == pytest.approx(np.mean(1 - precisions[:-1]))


def test_aurc_within_ties_reads_what_the_curve_of_precisions_leaves_out():
    """One threshold for all that are tied: the curve has their risk when all are in; ours grows answer by answer."""
    confidence, right = np.array([0.9, 0.5, 0.5]), np.array([1.0, 0.0, 1.0])
    precisions, _, thresholds = precision_recall_curve(right, confidence)
    assert thresholds.tolist() == [0.5, 0.9]
    assert np.mean(1 - precisions[:-1]) == pytest.approx((1 / 3 + 0) / 2)
    assert of(ranking.aurc, confidence, right) == pytest.approx((0 + 1 / 4 + 1 / 3) / 3)


@given(APART, st.integers(1, 6))
def test_ece_is_that_of_scikit_learns_curve_where_bins_are_of_one_size(forecast, bins):
    confidence, right = (part[: len(part) // bins * bins] for part in forecast)
    assume(len(right) > 0)
    held, theirs = error_of_curve(confidence, right, bins)
    assert set(held) == {len(right) // bins}
    assert calibration.ece(confidence, right, bins) == pytest.approx(theirs)


@given(APART, st.integers(1, 6))
def test_elsewhere_an_answer_at_each_border_of_bins_may_lie_on_its_other_side(forecast, bins):
    """Ours begin at ⌊k·n/bins⌋, theirs after the (k/bins)-quantile: one answer apart, which moves two bins by ≤ 1/n."""
    confidence, right = forecast
    assume(len(right) >= bins)
    held, theirs = error_of_curve(confidence, right, bins)
    ours = [k * len(right) // bins for k in range(1, bins)]
    assert all(0 <= there - here <= 1 for here, there in zip(ours, np.cumsum(held), strict=False))
    assert abs(calibration.ece(confidence, right, bins) - theirs) <= 2 * (bins - 1) / len(right) + 1e-12


@given(TIED, st.integers(1, 6), st.randoms(use_true_random=False))
def test_which_of_tied_answers_comes_first_changes_no_ece(forecast, bins, chance):
    confidence, right = forecast
    order = chance.sample(range(len(right)), len(right))
    again = calibration.ece(confidence[order], right[order], bins)
    assert again == pytest.approx(calibration.ece(confidence, right, bins))


def test_of_ties_scikit_learn_makes_one_bin_and_ours_share_their_outcomes():
    confidence, right = np.full(4, 0.5), np.array([1.0, 1.0, 0.0, 0.0])
    held, theirs = error_of_curve(confidence, right, 2)
    assert (held.tolist(), theirs) == ([4, 0], 0.0)
    assert calibration.ece(confidence, right, 2) == 0.0


def choices(size):
    """Up to 30 items with so many options each: −ln p of all, and which is right."""
    nll = st.tuples(*[st.integers(0, 3000).map(lambda part: part / 100)] * size)
    items = st.lists(st.tuples(nll, st.integers(0, size - 1)), min_size=1, max_size=30)
    return items.map(
        lambda each: OptionsRead(nll=[one for one, _ in each], characters=None, right=[right for _, right in each])
    )


@given(st.integers(2, 6).flatmap(choices))
def test_brier_over_options_is_scikit_learns_of_several_classes(read):
    shares = softmax(-np.array(read.nll), axis=1)
    theirs = brier_score_loss(read.right, shares, labels=range(shares.shape[1]), scale_by_half=False)
    assert np.mean(choice.brier(read)) == pytest.approx(theirs, abs=1e-12)


@given(st.integers(2, 6).flatmap(choices))
def test_auroc_and_brier_of_the_likeliest_option_are_scikit_learns(read):
    shares = softmax(-np.array(read.nll), axis=1)
    confidence, right = np.array(choice.confidence(read)), np.array(choice.chosen_right(read))
    assert right.tolist() == (shares.argmax(axis=1) == read.right).tolist()
    theirs = brier_score_loss(right, shares.max(axis=1), labels=[0.0, 1.0], pos_label=1.0)
    assert calibration.brier(confidence, right).mean() == pytest.approx(theirs, abs=1e-12)
    assume(0 < right.sum() < len(right))
    assert of(ranking.auroc, confidence, right) == pytest.approx(roc_auc_score(right, confidence))
