"""The advice in words: as sure as it is, with what it rests on."""

from __future__ import annotations

import pytest

from domains.interval import Interval
from experiments.analysis.sentences.mixing_words import came_true, mixing_lines
from experiments.analysis.sentences.plan_words import plan_lines
from experiments.analysis.words import signed
from experiments.report.html import render_html
from scheduler.plan import Candidate, Mixing
from scheduler.plan_limits import Forecast, LimitForecast
from tests.support.findings import NAMES, make_plan
from tests.support.report import make_curriculum, whole_report

PLAN = make_plan(make_curriculum(NAMES[:4], (0, 1, 2)))
SOME = Interval.of(0.5, 0.4, 0.6, 3)


def mixing(**fields) -> Mixing:
    known = {
        "candidates": (Candidate(name="joint", predicted=SOME, best=0.6),),
        "staged": "sequential",
        "gain": Interval.of(0.02, -0.01, 0.05, 3),
        "chance": 0.9,
        "advice": "stage",
        "sure": False,
        "regret": 0.001,
        "repair": SOME,
        "exposure": SOME,
        "probed": True,
    }
    return Mixing(**known | fields)


def told(**fields) -> tuple[str, ...]:
    return mixing_lines(PLAN.model_copy(update={"mixing": mixing(**fields)}))


def test_staging_is_advised_with_its_chance_its_interval_and_the_pair_that_decides():
    (line,) = told()
    assert line.startswith("Stage or mix? Probably stage (90 %): the order, one domain a stage, is predicted at +0.020")
    assert "(−0.010 to +0.050)" in line
    assert "decides most" in line


def test_mixing_is_advised_against_the_best_staged_way():
    (line,) = told(
        advice="mix", gain=Interval.of(-0.03, -0.05, -0.01, 3), chance=0.02, sure=True, staged="joint, then a"
    )
    assert line.startswith(
        "Stage or mix? Surely mix (98 %): the best staged way, joint, then a, is predicted at −0.030"
    )


def test_a_chance_near_a_half_is_hard_to_tell():
    assert told(chance=0.68)[0].startswith("Stage or mix? Hard to tell, rather stage (68 %)")


def test_what_comes_to_the_same_is_mixed():
    (line,) = told(advice="either", gain=Interval.of(0.001, -0.004, 0.006, 3))
    assert "Either" in line
    assert "so mix" in line


def test_a_guess_and_a_probe_that_nothing_explains_are_said():
    assert "wide guess" in told(probed=False)[-1]
    assert "Take it with care" in told(fit=0.01)[-1]
    assert len(told(fit=0.4)) == 1


def test_what_no_joint_probe_told_is_never_called_sure():
    line = told(probed=False, sure=True, chance=0.96)[0]
    assert line.startswith("Stage or mix? A guess, rather stage (96 %)")


@pytest.mark.parametrize(("staged", "said"), [("cumulative", True), ("sequential", False), ("joint, then a", False)])
def test_what_came_of_a_prediction_stands_beside_it(staged, said):
    report = whole_report()
    advised = report.plan.model_copy(update={"mixing": mixing(staged=staged)})
    report = report.model_copy(update={"plan": advised})
    found = next(row for row in report.comparisons if (row.arm, row.baseline) == (report.main, "joint"))
    told = came_true(report)
    assert bool(told) is said
    if said:
        assert "Predicted +0.020" in told
        assert f"measured on test {signed(found.absolute.estimate)}" in told
        assert told in render_html(report)


def test_where_nothing_learns_there_is_no_advice():
    known = PLAN.model_copy(update={"mixing": mixing()})
    nothing = known.model_copy(update={"own_gains": (), "own_gain": Interval.of(0.01, -0.02, 0.04, 3)})
    assert any("Stage or mix?" in line for line in plan_lines(known))
    (line,) = [line for line in plan_lines(nothing) if "Stage or mix?" in line]
    assert "Cannot be said" in line


def test_what_staging_cannot_keep_is_said_beside_the_advice():
    def limit(measure, predicted):
        forecast = Interval.of(predicted, predicted - 0.01, predicted + 0.01, 3)
        excess = max(0.0, predicted - 0.5 if measure == "loss" else 0.5 - predicted)
        return LimitForecast(measure=measure, domain="stories", bound=0.5, predicted=forecast, kept=0.2, excess=excess)

    def told(*limits):
        cost = Interval.of(0.0, 0.0, 0.0, 3)
        forecast = Forecast(limits=limits, sure=0.8, kept=0.2, free=PLAN.order, cost=cost)
        return mixing_lines(PLAN.model_copy(update={"mixing": mixing(), "constraints": forecast}))[1:]

    assert told(limit("loss", 0.6)) == (
        "Staging is not predicted to keep the limits as surely as asked; joint training has no later stage that could "
        "take from a domain.",
    )
    (both,) = told(limit("loss", 0.6), limit("entropy", 0.4))
    assert both.endswith("from a domain and begins all domains with the base model.")
    assert told(limit("loss", 0.5), limit("entropy", 0.5)) == ()


def test_without_a_choice_nothing_is_said():
    assert mixing_lines(PLAN.model_copy(update={"mixing": None})) == ()
