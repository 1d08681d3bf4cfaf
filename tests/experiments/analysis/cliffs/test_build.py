"""Planted truths: damage is found where it is and called what it is; what is sound is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.analysis.cliffs.build import cliffs
from experiments.analysis.cliffs.model import ArmCliffs
from experiments.analysis.scores import RunScores
from tests.support.cliffs import Truth, at, main_cliffs, planted
from tests.support.report import interrupted, make_inputs

pytestmark = pytest.mark.slow

FIRST, SECOND = "sums", "sort"


@pytest.fixture(scope="module")
def sound() -> ArmCliffs:
    return main_cliffs({})


@pytest.fixture(scope="module")
def damaged() -> ArmCliffs:
    """The second stage costs the first domain a third of its ability, and the second domain its form alone."""
    return main_cliffs({(2, FIRST): Truth(ability=0.35), (2, SECOND): Truth(form=0.5)})


def test_nothing_is_found_where_nothing_is_lost(sound):
    verdicts = {contrast.verdict for cell in sound.cells for contrast in (cell.before, cell.base)}
    assert verdicts <= {"noise", "underpowered"}
    assert not any(cell.collapsed for cell in sound.cells)
    assert all(cell.flips.p > 0.001 for cell in sound.cells)


def test_a_lost_ability_is_a_real_drop_at_its_stage(damaged):
    cell = at(damaged, 2, FIRST)
    assert (cell.before.verdict, cell.base.verdict) == ("real_drop", "real_drop")
    assert cell.before.change.estimate == pytest.approx(-0.25, abs=0.05)
    assert at(damaged, 1, FIRST).before.verdict in ("noise", "underpowered")


def test_a_lost_form_is_format_artifact(damaged):
    cell = at(damaged, 2, SECOND)
    assert cell.base.verdict == "format_artifact"
    assert cell.base.not_found.interval.estimate == pytest.approx(0.5, abs=0.05)
    assert cell.base.among_found.interval.sign == 0
    assert "hold nothing to mark" in cell.base.reason


def test_a_form_that_is_wholly_lost_leaves_nothing_to_tell_by():
    cell = at(main_cliffs({(2, FIRST): Truth(form=0.0)}), 2, FIRST)
    assert (cell.base.verdict, cell.base.among_found.status) == ("form_lost", "skipped")
    assert "too few are left" in cell.base.reason


def test_lost_form_does_not_hide_a_lost_ability():
    assert at(main_cliffs({(2, FIRST): Truth(ability=0.3, form=0.7)}), 2, FIRST).base.verdict == "real_drop"


def test_a_gain_is_no_noise():
    assert at(main_cliffs({(1, FIRST): Truth(ability=0.8)}), 1, FIRST).base.verdict == "gain"


def test_two_seeds_claim_nothing():
    cell = at(main_cliffs({(2, FIRST): Truth(ability=0.2)}, seeds=(0, 1)), 2, FIRST)
    assert (cell.base.verdict, cell.base.p_adjusted) == ("underpowered", None)
    assert "2 of the 3 seeds" in cell.base.reason
    assert cell.readings["brier"].value.status == "underpowered"


def test_overconfidence_is_found_where_it_is(sound):
    found = main_cliffs({(1, FIRST): Truth(boast=0.25)})
    boasting, honest = at(found, 1, FIRST), at(found, 1, SECOND)
    assert boasting.readings["confidence_gap"].change.interval.low > 0.1
    assert honest.readings["confidence_gap"].change.interval.sign == 0
    assert boasting.readings["brier"].change.interval.sign == 1
    assert boasting.readings["ece"].value.interval.estimate > boasting.ece_null[1]
    assert honest.readings["ece"].value.interval.estimate < honest.ece_null[1] + 0.02
    assert boasting.readings["confidently_wrong"].change.interval.sign == 1
    # Boasting alike about everything changes no order.
    assert abs(boasting.readings["auroc"].change.interval.estimate) < 0.1


def test_narrowing_is_told_from_quality_control():
    found = main_cliffs({(1, FIRST): Truth(variety=0.2), (1, SECOND): Truth(form=0.7)})
    narrow, sloppy = (at(found, 1, name).readings for name in (FIRST, SECOND))
    assert narrow["narrowing"].change.interval.high < -0.2
    assert abs(narrow["quality_control"].change.interval.estimate) < 0.05
    assert sloppy["quality_control"].change.interval.low > 0.1
    assert abs(sloppy["narrowing"].change.interval.estimate) < 0.05


def test_collapse_of_entropy_is_an_alarm():
    found = main_cliffs({(1, FIRST): Truth(entropy=0.3), (1, SECOND): Truth(entropy=0.7)})
    assert at(found, 1, FIRST).collapsed
    assert not at(found, 1, SECOND).collapsed


def test_regressions_are_counted_and_conditional_on_what_the_base_solved(damaged):
    cell = at(damaged, 2, FIRST)
    assert cell.flips.net == cell.flips.recovered - cell.flips.regressed < 0
    assert cell.flips.p < 1e-6
    rate = cell.readings["regressed"].value
    assert rate.interval.estimate == pytest.approx(cell.flips.regressed / cell.flips.solved)


def test_the_worst_moment_is_named(damaged):
    depth = damaged.depths[FIRST]
    assert depth.stage == 2
    assert depth.depth.interval.high < -0.5


def test_every_contrast_of_the_page_is_tested_once(sound):
    # Two stages, two domains; the first stage's step is that from the base. Then joint training's one stage.
    assert sound.tests == 2 * 2 + 2 + 2
    assert at(sound, 1, FIRST).before == at(sound, 1, FIRST).base


def test_both_arms_of_a_page_are_one_family():
    """Each was a family of its own, so that a page held false changes twice as often."""
    each = cliffs(RunScores(planted({(2, FIRST): Truth(ability=0.5)})))
    contrasts = [one for found in each.values() for cell in found.cells for one in (cell.base, cell.before)]
    least = min(contrasts, key=lambda one: one.p)
    assert least.p_adjusted == pytest.approx(least.p * 8)
    assert {found.tests for found in each.values()} == {8}


def test_plain_joint_training_stands_beside_the_main_arm():
    """It was whichever joint arm came first, a tuned one too."""
    assert list(cliffs(RunScores(make_inputs(2)))) == ["bwt-cumulative", "joint"]
    inputs = make_inputs(2)
    tuned_first = sorted(inputs.schedules, key=lambda arm: arm.name != "joint-tuned")
    assert list(cliffs(RunScores(replace(inputs, schedules=tuple(tuned_first))))) == ["bwt-cumulative", "joint"]


def test_records_of_an_older_version_are_skipped_with_the_reason():
    inputs = make_inputs(2)
    cell = cliffs(RunScores(inputs))[inputs.main].cells[0]
    assert cell.readings["brier"].value.reason == "answers were not kept one by one"
    assert cell.readings["narrowing"].change.status == "skipped"
    assert (cell.flips, cell.ece_null) == (None, None)
    assert cell.before.change.estimate is not None


def test_a_run_without_results_has_no_cliffs():
    assert cliffs(RunScores(interrupted(make_inputs(2), 0))) == {}
