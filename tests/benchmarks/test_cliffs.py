"""The benchmark of cliffs, small: what it holds, and that it draws what it says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import cliffs
from benchmarks.cliff_ways import FADES, HURT, SLIDES, STEPS
from benchmarks.cliff_ways import verdicts as verdicts_by_way
from benchmarks.cliff_worlds import DOMAINS, ITEMS, STAGES, World, drawn


def test_an_arm_has_every_contrast_once_and_loses_what_it_is_told_to():
    pairs = drawn(np.random.default_rng(0), World(level=0.5, samples=4, seeds=3, drop=0.2, form=0.5))
    assert len(pairs) == (2 * STAGES - 1) * DOMAINS
    assert {pair.change.shape for pair in pairs.values()} == {(3, ITEMS)}
    lost = {key: float(pair.change.mean()) for key, pair in pairs.items()}
    for (stage, start, domain), change in lost.items():
        hurt = domain == 0 and start == 0
        assert change == pytest.approx(-0.35 if hurt else 0.0, abs=0.08), (stage, start, domain)
    assert pairs[1, 0, 0].found[1].mean() == pytest.approx(0.5, abs=0.05)
    # One base for all seeds.
    before = pairs[2, 0, 1].scores[0]
    assert (before == before[:1]).all()


@pytest.mark.parametrize(
    "way, verdict", [(STEPS[-1], "real_cliff"), (SLIDES[-1], "metric_artifact"), (FADES[-1], "gradual_loss")]
)
def test_a_large_fall_gets_the_verdict_of_its_way(way, verdict):
    rng = np.random.default_rng(0)
    assert [verdicts_by_way(rng, way).get(HURT) for _ in range(6)] == [verdict] * 6


@pytest.mark.slow
def test_a_small_one_holds_every_rate_and_no_great_error(capsys):
    found = cliffs.main(["--simulations", "4"])
    *table, line = capsys.readouterr().out.strip().splitlines()
    assert json.loads(line) == found
    assert "| base 0.98, 1 an item | " in "\n".join(table)
    kinds = ("real_cliff", "metric_artifact", "gradual_loss")
    assert set(found) == {
        *("simulations", "false_drops", "false_gains", "false_real", "false_format_artifact", "power"),
        *(f"{what}_{kind}" for kind in kinds for what in ("false_alarm", "false", "power")),
    }
    false = [rate for key, rates in found.items() if key.startswith("false") for rate in rates.values()]
    assert np.mean(false) <= 0.1
    assert found["power"]["base 0.5, 4 an item, ability −0.2, 5 seeds"] == 1.0
