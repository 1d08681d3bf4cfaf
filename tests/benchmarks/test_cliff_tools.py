"""The benchmark of calculators, small: that it draws what it says, and what it finds where much is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import cliff_tools, cliff_worlds
from benchmarks.cliff_tools import ASKED, HURT, PLANS, SOUND, SUMS, TESTS, Aided, drawn, verdicts
from benchmarks.cliff_worlds import ITEMS, SEEDS, STAGES


def test_an_arm_loses_what_it_is_told_to_and_the_calculator_gives_back_the_sums():
    pairs = drawn(np.random.default_rng(0), Aided("both", samples=4, seeds=5, plan=0.2, slip=0.1))
    assert len(pairs) == 2 * STAGES - 1
    assert len(drawn(np.random.default_rng(0), SOUND[0])) == TESTS
    for (_, start, domain), pair in pairs.items():
        lost = domain == 0 and start == 0
        assert pair.change.shape == (5, ITEMS)
        assert pair.change.mean() == pytest.approx(-0.27 if lost else 0.0, abs=0.06)
        (before, after), (planned, still) = pair.items("score"), pair.answers("executed")
        assert before.shape == (5, ASKED)
        assert (after - before).mean() == pytest.approx(-0.22 if lost else 0.0, abs=0.08)
        assert (still - planned).mean() == pytest.approx(-0.22 if lost else 0.0, abs=0.06)


@pytest.mark.parametrize("tells", ["calculator", "sums"])
@pytest.mark.parametrize("lost, called", [({"slip": 0.4}, True), ({"plan": 0.4}, False)])
def test_a_large_fall_is_one_of_execution_where_only_sums_slip(tells, lost, called):
    rng, world = np.random.default_rng(0), Aided(tells, seeds=10, **lost)
    found = [verdicts(drawn(rng, world)).get(HURT) for _ in range(5)]
    assert found.count("execution_artifact") == (5 if called else 0)


def test_what_need_not_be_known_is_not_missed():
    """As the other benchmark has it, without the shortcut."""
    rng, found = np.random.default_rng(0), []
    for _ in range(12):
        pairs = drawn(rng, Aided("both", samples=1)) | drawn(rng, Aided("both", samples=1, slip=0.2))
        assert verdicts(pairs) == cliff_worlds.verdicts(pairs)
        found.append(verdicts(pairs).get(HURT))
    assert None in found
    assert set(found) != {None}


@pytest.mark.slow
def test_a_small_one_holds_every_rate(capsys, monkeypatch):
    for name, worlds in (("SOUND", SOUND), ("PLANS", PLANS), ("SUMS", SUMS)):
        monkeypatch.setattr(cliff_tools, name, (replace(worlds[0]), worlds[-1]))
    found = cliff_tools.main(["--simulations", "4"])
    *table, line = capsys.readouterr().out.strip().splitlines()
    assert json.loads(line) == found
    kinds = ("false_alarm", "false", "power")
    assert set(found) == {"simulations", *(f"{kind}_execution_artifact" for kind in kinds)}
    assert all(len(found[f"{kind}_execution_artifact"]) == 2 * len(SEEDS) for kind in kinds)
    assert "| sums −0.4, 4 an item, told by sums | " in "\n".join(table)
