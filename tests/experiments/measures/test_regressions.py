"""Items that were solved and are not any more, and the exact test of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from experiments.measures.regressions import LEAST_P, flips, sign_flip, solved


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 20))
def test_with_one_answer_and_one_seed_the_test_is_mcnemars(lost, won, same):
    before = np.array([[1] * lost + [0] * won + [1] * same], float)
    after = np.array([[0] * lost + [1] * won + [1] * same], float)
    found = flips(before, after)
    assert (found.solved, found.regressed, found.recovered, found.net) == (lost + same, lost, won, won - lost)
    expected = binomtest(lost, lost + won).pvalue if lost + won else 1.0
    assert found.p == pytest.approx(max(LEAST_P, expected), rel=1e-6)


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_the_sign_flip_test_is_exact(differences):
    every = [
        abs(sum(sign * d for sign, d in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    expected = np.mean([size >= abs(sum(differences)) for size in every])
    assert sign_flip(differences) == pytest.approx(expected)


def test_seeds_that_flip_the_same_item_count_as_one_item():
    before, after = np.ones((5, 6)), np.ones((5, 6))
    after[:, 0] = 0
    assert flips(before, after).regressed == 5
    assert flips(before, after).p == pytest.approx(1.0)


def test_many_items_take_no_time_and_a_sure_loss_is_the_least_p():
    assert sign_flip([1] * 50_000 + [-1] * 50_000) == pytest.approx(1.0)
    assert sign_flip([-2] * 100_000) == LEAST_P


def test_an_item_is_solved_by_half_of_its_answers():
    assert solved(np.array([[[1, 1, 0, 0], [1, 0, 0, 0]]], float)).tolist() == [[1.0, 0.0]]


def test_what_the_base_solved_by_luck_is_no_loss_of_every_seed():
    """The base solved all of them, each seed loses two others: p was 0.002."""
    before, after = np.ones((5, 120)), np.ones((5, 120))
    after[np.repeat(range(5), 2), range(10)] = 0
    assert flips(before, after).net == -10
    assert flips(before, after).p > 0.05
    assert flips(before[:1], np.where(np.arange(120) < 10, 0.0, 1.0)[None]).p == pytest.approx(2**-9)


@pytest.mark.parametrize("level", [0.02, 0.98])
def test_a_sound_model_rarely_looks_worse_near_the_end_of_the_scale(level):
    rng = np.random.default_rng(5)
    base, after = ((rng.random((400, seeds, 120)) < level).astype(float) for seeds in (1, 10))
    false = [flips(np.repeat(one, 10, axis=0), each).p <= 0.05 for one, each in zip(base, after, strict=True)]
    # 5 % of 400 with 3 standard deviations; it was 10 %.
    assert sum(false) <= 33
