"""The benchmark of coverage, small: what it holds, and that its worlds are what they say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import coverage
from benchmarks.simulated import REAL, Luck, binary, continuous, real, shifted

pytestmark = pytest.mark.slow


def test_a_small_one_holds_every_rate_and_no_great_error(capsys):
    found = coverage.main(["--simulations", "20"])
    assert json.loads(capsys.readouterr().out) == found
    false = {key: rates for key, rates in found.items() if key.startswith("false")}
    assert set(false) == {"false_verdicts", "false_equivalence", "false_relative", "false_families"}
    assert len(found["false_verdicts"]) >= 13
    assert any(name.startswith("9 pairs") for name in found["false_families"])
    assert any(name.startswith("12 pairs") for name in found["false_families"])
    for rates in false.values():
        assert all(0 <= rate <= 0.2 for rate in rates.values())
        assert np.mean(list(rates.values())) <= 0.06
    assert all(0.8 < width < 4 for name, width in found["width"].items() if "2 seeds" not in name)


@pytest.mark.parametrize(
    "world", [continuous("", Luck(0.1, 0.2, 0.3)), binary("", Luck(0.1, 0.3)), real(REAL[0])], ids=lambda w: w.name
)
def test_no_arm_is_better_than_another(world):
    rng = np.random.default_rng(0)
    totals = []
    for _ in range(400):
        arms = world.draw(rng, 3, 2, False)
        assert {block.shape[0] for arm in arms for block in arm.values()} == {2}
        totals.append([sum(block.mean() for block in arm.values()) for arm in arms])
    means, errors = np.mean(totals, axis=0), np.std(totals, axis=0) / np.sqrt(400)
    assert np.abs(means - means.mean()).max() <= 4 * errors.max()


def test_arms_are_shifted_by_what_was_asked():
    world = continuous("", Luck(0.0, 0.0, 0.0))
    first, second, third = shifted(world, 0.1, 0.2).draw(np.random.default_rng(0), 3, 2, False)
    assert [round(float(arm["a"].mean()), 6) for arm in (first, second, third)] == [0.6, 0.7, 0.5]
