"""Sums and dynamics, judged on tables of known making."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.orders.dynamics import errors
from tests.support.synthetic_orders import make_table


@pytest.mark.parametrize("rng", range(4))
def test_where_effects_shrink_with_what_is_there_the_dynamics_err_less_than_sums(rng):
    found = errors(make_table(items=400, transfer=0.25, run_noise=0.0, rng=rng))
    best = min(each["rmse"] for name, each in found.items() if name != "sum")
    assert best < found["sum"]["rmse"]
    assert all(each["rmse"] >= abs(each["mean"]) - 1e-4 and np.isfinite(each["rmse"]) for each in found.values())
