"""The luck of one draw that all seeds are held against."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.statistics.intervals import p_value, spread
from scheduler.statistics.shared_draw import doubted, grain, worth


def test_doubt_keeps_every_seed_s_mean_and_what_seeds_tell():
    change = np.random.default_rng(0).normal(0.1, 0.2, (3, 50))
    found = doubted(change, 0.25)
    assert found.shape == (3, 54)
    assert found.mean(axis=1) == pytest.approx(change.mean(axis=1))
    before, after = spread({"": change}), spread({"": found})
    assert after.by_seed == pytest.approx(before.by_seed)
    assert after.by_mean > before.by_mean
    assert doubted(change, 0.0) is change


def test_answers_that_never_varied_may_vary():
    change = np.zeros((10, 100))
    change[np.arange(10), np.arange(10)] = -1.0
    assert p_value({"": change}) < 0.01
    assert p_value({"": doubted(change, 1.0)}) > 0.05


@pytest.mark.parametrize("samples", [1, 3, 4, 7])
def test_the_worth_of_an_answer_is_read_off_shares_of_right_ones(samples):
    counts = np.random.default_rng(1).integers(0, samples + 1, (3, 40))
    assert grain(counts / samples, np.zeros((1, 4))) == pytest.approx(1 / samples)


def test_other_scores_have_none():
    assert grain(np.random.default_rng(2).random((3, 40))) == 0.0


def creative(rng, seeds, items, quality):
    """Of good answers hardly two are equal; .02 have lost their form."""
    good = quality[:, None] + rng.normal(0, 0.01, (seeds, items, 1))
    return np.where(rng.random(good.shape) < 0.02, 0.0, good)


def test_rare_bad_answers_among_good_ones_that_are_never_equal_hide_luck_too():
    """Ten seeds that changed nothing fell surely (p < .0125) in 12 % of draws, since no two answers were alike."""
    rng = np.random.default_rng(4)
    plain = doubtful = 0
    for _ in range(60):
        quality = rng.uniform(0.4, 0.95, 100)
        base, after = np.repeat(creative(rng, 1, 100, quality), 10, axis=0), creative(rng, 10, 100, quality)
        change = (after - base)[..., 0]
        assert worth(base, after) > 0.8
        plain += p_value({"": change}) < 0.0125
        doubtful += p_value({"": doubted(change, worth(base, after))}) < 0.0125
    assert plain >= 5
    assert doubtful <= 1


def test_answers_that_scatter_show_their_luck():
    rng = np.random.default_rng(5)
    scattered = rng.uniform(0.2, 0.9, (1, 100, 1)) + rng.normal(0, 0.1, (10, 100, 4))
    assert worth(scattered[:1], scattered) == 0.0


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_luck_of_several_answers_an_item_is_counted_as_that_of_one_is(samples):
    """100 items at .02: with one item of each kind it was sure (p < .0125) in 1.8 % of draws at two answers an item."""
    rng = np.random.default_rng(6)
    sure = 0
    for _ in range(400):
        base, after = (rng.binomial(samples, 0.02, (seeds, 100)) / samples for seeds in (1, 10))
        sure += p_value({"": doubted(after - base, 1 / samples)}) < 0.0125
    assert sure <= 5


def test_scores_that_are_mostly_alike_hide_luck_whatever_their_scale():
    """Behind a gate that most answers fail, say: it was 0, as for scores of which hardly two are alike."""
    rng = np.random.default_rng(3)
    gated = np.where(rng.random((10, 120)) < 0.02, rng.random((10, 120)), 0.0)
    base = np.zeros((10, 120))
    assert grain(base, gated) == pytest.approx(gated.max())
    assert worth(base[:, :, None], gated[:, :, None]) == pytest.approx(gated.max())
    assert worth(rng.random((10, 120)), gated) == 0.0
    assert worth(base, base) == 0.0
    assert p_value({"": gated - base}) < 0.01
    assert p_value({"": doubted(gated - base, grain(base, gated))}) > 0.05
