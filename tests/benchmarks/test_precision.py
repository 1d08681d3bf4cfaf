"""The arms of benchmarks.precision, and what is called equivalent."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.precision import FILE, METHODS, arms, row
from curricula.loader import load_curriculum


def test_arms_of_a_method_differ_in_their_precision_alone_and_all_complete_as_much() -> None:
    made = arms(load_curriculum(FILE), 10)
    for method in METHODS:
        plain, low = (made[f"{method}/{precision}"].stages[0] for precision in ("float32", "bf16"))
        assert plain.training.method == method
        assert low.training.model_copy(update={"precision": "float32"}) == plain.training
        assert low.mixture == plain.mixture
    assert len({arm.stages[0].training.completions for arm in made.values()}) == 1


@pytest.mark.parametrize(("shift", "noise", "equivalent"), [(0.0, 1e-3, True), (0.05, 1e-3, False), (0.0, 0.5, False)])
def test_equivalent_is_what_surely_lies_within_the_rope(shift: float, noise: float, *, equivalent: bool) -> None:
    random = np.random.default_rng(0)
    scores = random.random((5, 40))
    found = row({"a": scores}, {"a": scores + shift + noise * random.standard_normal((5, 40))}, 0.01)
    estimate, low, high = found["bf16_minus_float32"]
    assert found["equivalent"] == equivalent
    assert low < estimate < high
    assert found["bf16"] - found["float32"] == pytest.approx(estimate, abs=2e-4)
