"""Many pairs in one report: the primary one as it stands, the others by Holm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from experiments.analysis.comparing.family import ALPHA, PRICE, adjusted

P = st.one_of(st.none(), st.floats(0, 1))


def test_the_primary_pair_is_tested_as_it_stands():
    assert adjusted([0.049, 0.5, 0.9])[0] == 0.049
    assert adjusted([0.3]) == (0.3,)
    assert adjusted([]) == ()


def test_the_others_are_holm_s_where_the_primary_pair_is_significant():
    rest = [0.01, 0.03, 0.002]
    assert adjusted([0.05, *rest])[1:] == pytest.approx((0.02, 0.03, 0.006))


def test_they_have_a_fifth_of_the_error_where_it_is_not():
    rest = (0.01, 0.03, 0.002)
    free, dear = adjusted([0.05, *rest]), adjusted([0.06, *rest])
    assert dear[1:] == pytest.approx(tuple(PRICE * p for p in free[1:]))
    assert adjusted([0.06, 0.01])[1] == pytest.approx(ALPHA)


def test_pairs_with_the_base_have_half_of_that_error_to_themselves():
    found = adjusted([0.06, *10 * (0.5,), 0.002], with_base=[11])
    assert found[-1] == pytest.approx(2 * PRICE * 0.002)
    assert adjusted([0.06, 0.01], with_base=[1])[1] == pytest.approx(PRICE * 0.01)
    assert adjusted([0.04, 0.01, 0.02], with_base=[2]) == adjusted([0.04, 0.01, 0.02])


def test_pairs_that_are_not_tested_cost_nothing():
    assert adjusted([None, 0.01, None, 0.04]) == (None, 0.02, None, 0.04)
    assert adjusted([0.9, None, None]) == (0.9, None, None)


@given(st.lists(P, min_size=1, max_size=8))
def test_no_correction_makes_a_p_value_smaller(p_values):
    for p, found in zip(p_values, adjusted(p_values), strict=True):
        assert (p is None) == (found is None)
        assert found is None or p <= found <= 1


@pytest.mark.slow
@pytest.mark.parametrize("differs", [False, True], ids=["nothing differs", "the primary pair differs"])
@pytest.mark.parametrize("shared", [0.0, 0.5, 0.99])
def test_a_report_errs_in_six_percent_at_most(differs, shared):
    """12 pairs, normal, alike by `shared`: at least one false claim."""
    rng, runs = np.random.default_rng(0), 4000
    common, own = rng.normal(size=(runs, 1)), rng.normal(size=(runs, 12))
    found = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    found[:, 0] += 2.5 * differs
    p_values = 2 * norm.sf(np.abs(found))
    for with_base in ((), (11,)):
        false = [any(p <= ALPHA for p in adjusted(list(row), with_base)[differs:]) for row in p_values]
        assert np.mean(false) <= 0.065
