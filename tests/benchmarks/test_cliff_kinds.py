"""The benchmark of kinds, small: its pages hold what they say, and its rules differ as they must."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import cliff_kinds
from benchmarks.cliff_kinds import ABILITY, ARTIFACTS, BESIDE, RULES, Harm, kinds, page
from benchmarks.cliff_worlds import TESTS


@pytest.mark.parametrize("harm", [*ABILITY, *BESIDE], ids=lambda harm: harm.name)
def test_every_domain_loses_what_the_harm_takes_from_it(harm: Harm) -> None:
    pairs = page(np.random.default_rng(0), replace(harm, samples=4))
    assert len(pairs) == TESTS
    (form, still), (slips, more) = harm.form, harm.slips
    fall = (harm.level - harm.ability) * still * (1 - more) - harm.level * form * (1 - slips)
    for (_, start, _), pair in pairs.items():
        assert pair.change.mean() == pytest.approx(0.0 if start else fall, abs=0.08)
        assert (pair.found[1] - pair.found[0]).mean() == pytest.approx(0.0 if start else still - form, abs=0.06)
        assert (pair.planned[1] >= pair.scores[1]).all()


def test_correcting_the_evidence_takes_artifacts_away_and_correcting_the_rest_adds_some() -> None:
    """Fall by fall, on pages near where the rules part."""
    rng = np.random.default_rng(0)
    said = [kinds(page(rng, replace(ABILITY[2], seeds=3))) for _ in range(24)]
    falls = {rule: [verdict in ARTIFACTS for one in said for verdict in one[rule]] for rule in RULES}
    now, evidence, everything = (np.array(falls[rule]) for rule in ("now", "evidence", "all"))
    assert (evidence <= now).all()
    assert (evidence <= everything).all()
    assert evidence.sum() < now.sum() < everything.sum()


def test_with_one_fall_there_is_nothing_to_correct() -> None:
    pairs = page(np.random.default_rng(1), BESIDE[1])
    said = kinds({(1, 0, 0): pairs[1, 0, 0]})
    assert said["now"] == said["evidence"] == said["all"] == ["format_artifact"]


@pytest.mark.slow
def test_a_small_one_holds_every_rate(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cliff_kinds, "ASKED", ((1, 5),))
    found = cliff_kinds.main(["--simulations", "2"])
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == found
    assert len(found["false_artifact_fall"]) == len(found["false_artifact_page"]) == len(ABILITY) * len(RULES)
    assert len(found["false_real_fall"]) == len(found["false_real_page"]) == len(BESIDE) * len(RULES)
    assert all(0 <= rate <= found["false_real_page"][name] <= 1 for name, rate in found["false_real_fall"].items())
