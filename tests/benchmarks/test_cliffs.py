"""The benchmark of cliffs, small: what it holds, and that it draws what it says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import cliff_pages, cliffs
from benchmarks.cliff_pages import ARMS, FEWEST_ITEMS, KINDS, MOST_ITEMS, drawn_page
from benchmarks.cliff_ways import FADES, HURT, SLIDES, STEPS, read
from benchmarks.cliff_ways import verdicts as verdicts_by_way
from benchmarks.cliff_worlds import DOMAINS, ITEMS, STAGES, World, drawn
from experiments.analysis.cliffs.verdicts import VERDICTS


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


def test_a_sound_arm_has_references_too_so_that_a_cliff_could_be_said():
    """It had none, and so the rate of false cliffs was 0 whatever the verdicts do."""
    rng = np.random.default_rng(0)
    pair = read(rng, drawn(rng, World())[1, 0, 1])
    before, after = pair.items("reference_nll")
    assert before.shape == after.shape == (5, ITEMS)
    assert abs(float((after - before).mean())) < 0.05


def test_a_page_has_every_contrast_of_every_arm():
    pairs = dict(drawn_page(np.random.default_rng(0), KINDS["one of each"], 3, ARMS))
    assert len(pairs) == (7 + 1 + 7) * DOMAINS
    assert not any(pair.scores[1].any() for key, pair in pairs.items() if key[-1] == DOMAINS - 1)
    assert all(FEWEST_ITEMS <= pair.change.shape[1] <= MOST_ITEMS for pair in pairs.values())


def test_a_small_benchmark_of_pages_holds_every_rate(capsys):
    found = cliff_pages.main(["--simulations", "2"])
    *table, line = capsys.readouterr().out.strip().splitlines()
    assert json.loads(line) == found
    assert "| all 0 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 |" in table
    rates = {key: value for key, value in found.items() if key != "simulations"}
    assert all(len(each) == len(KINDS) * len(cliff_pages.SEEDS) for each in rates.values())


@pytest.mark.slow
def test_a_small_one_holds_every_rate_and_no_great_error(capsys):
    found = cliffs.main(["--simulations", "4"])
    *table, line = capsys.readouterr().out.strip().splitlines()
    assert json.loads(line) == found
    assert "| base 0.98, 1 an item | " in "\n".join(table)
    told = {*VERDICTS}
    assert {key.removeprefix("power_") for key in found if key.startswith("power_")} == told
    kinds = ("real_cliff", "metric_artifact", "gradual_loss", "execution_artifact")
    assert {key for key in found if key.startswith("false")} == {
        *("false_drops", "false_gains", "false_real", "false_format_artifact", "false_noise"),
        *(f"{what}_{kind}" for kind in kinds for what in ("false_alarm", "false")),
    }
    assert all(any(row.startswith(f"| {verdict} | ") for row in table) for verdict in told)
    false = [rate for key, rates in found.items() if key.startswith("false") for rate in rates.values()]
    assert np.mean(false) <= 0.1
    assert found["power_real_drop"]["base 0.5, 4 an item, ability −0.2, 5 seeds"] == 1.0
