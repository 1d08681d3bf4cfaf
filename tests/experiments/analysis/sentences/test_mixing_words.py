"""The advice in words: as sure as it is, with what it rests on."""

from __future__ import annotations

from typing import Any

from domains.interval import Interval
from experiments.analysis.sentences.mixing_words import came_true, mixing_lines
from experiments.analysis.sentences.plan_words import plan_lines
from experiments.analysis.words import signed, signed_span
from experiments.report.html import render_html
from scheduler.plan import Candidate, Mixing, Reason
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


HARMED = Reason(domain="sort", worth=0.021, others=-0.001, stage="sums", change=-0.2)
LOST = Interval.of(-0.03, -0.05, -0.01, 3)


def test_staging_is_advised_with_its_chance_its_interval_and_the_stage_that_decides():
    (line,) = told(reason=HARMED)
    assert line == (
        "Stage or mix? Probably stage (90 %): the order, one domain a stage, is predicted at +0.020 against joint "
        "training (−0.010 to +0.050); sort gains most (+0.021 of the total): its own stage comes after that on sums, "
        "which changes it by −0.200."
    )


def test_a_domain_that_no_other_stage_moves_gains_without_a_cause():
    (line,) = told(reason=Reason(domain="sort", worth=0.021, others=-0.001))
    assert line.endswith("; sort gains most (+0.021 of the total).")


def test_a_last_stage_is_advised_by_what_it_gives_and_takes_and_how_it_is_trained_is_said():
    reason = Reason(domain="sort", worth=0.025, others=-0.005, stage=None)
    line, how = told(reason=reason, staged="joint, then sort")
    assert line.endswith("; its last stage is worth +0.025 of the total by sort, and −0.005 by all others.")
    assert "With `baselines.advised: true` a run trains it" in how


def test_mixing_is_advised_against_the_best_staged_way_and_by_what_is_lost_in_it():
    reason = Reason(domain="sort", worth=-0.02, others=-0.01, stage="sums", change=-0.1)
    (line,) = told(advice="mix", gain=LOST, chance=0.02, sure=True, staged="joint, then a", reason=reason)
    assert line == (
        "Stage or mix? Surely mix (98 %): the best staged way, joint, then a, is predicted at −0.030 against joint "
        "training (−0.050 to −0.010); staged, sort loses most (−0.020 of the total), by the later stage on sums "
        "(−0.100)."
    )


def test_where_no_later_stage_takes_from_it_mixing_is_advised_by_exposure():
    reason = Reason(domain="sort", worth=-0.02, others=-0.01)
    (line,) = told(advice="mix", gain=LOST, chance=0.02, reason=reason, exposure=Interval.of(0.25, 0, 0.5, 3))
    assert line.endswith(
        "; staged, sort loses most (−0.020 of the total): mixed, it is trained to the end, and 25 % of what others do "
        "reaches it meanwhile."
    )


def test_a_chance_near_a_half_is_hard_to_tell():
    assert told(chance=0.68)[0].startswith("Stage or mix? Hard to tell, rather stage (68 %)")


def test_what_comes_to_the_same_is_mixed():
    (line,) = told(advice="either", gain=Interval.of(0.001, -0.004, 0.006, 3), rope=0.01)
    assert "Either" in line
    assert "(−0.004 to +0.006), all of it within 0.010 of 0" in line
    assert "so mix" in line


def test_a_guess_and_a_probe_that_nothing_explains_are_said():
    assert "wide guess" in told(probed=False)[-1]
    assert "Take it with care" in told(fit=0.01)[-1]
    assert len(told(fit=0.4)) == 1


def test_what_no_joint_probe_told_is_never_called_sure():
    line = told(probed=False, sure=True, chance=0.96)[0]
    assert line.startswith("Stage or mix? A guess, rather stage (96 %)")


def came(trained: dict[str, str], known: dict[str, Any] | None = None, **fields) -> str:
    """What came of advice in a report whose arms trained these candidates."""
    report = whole_report()
    ways = tuple(
        Candidate(name=name, predicted=Interval.of(total, total - 0.1, total + 0.1, 3), best=0.2)
        for name, total in {"joint": 0.5, "cumulative": 0.53, "joint, then sort": 0.51}.items()
    )
    plan = report.plan.model_copy(update={"mixing": mixing(candidates=ways, **fields), **(known or {})})
    report = report.model_copy(update={"plan": plan, "candidates": trained})
    told = came_true(report)
    assert told in render_html(report)
    return told


def test_what_came_of_every_candidate_that_an_arm_trained_stands_beside_what_was_predicted():
    report = whole_report()
    (row,) = [row for row in report.comparisons if (row.arm, row.baseline) == (report.main, "joint")]
    trained = {"joint": "joint", "cumulative": report.main}
    told = came(trained, staged="cumulative")
    assert told.startswith(f"Stage or mix? Advised was cumulative: the arm {report.main}. ")
    assert told.endswith(
        "Predicted +0.030 for cumulative against joint training, on validation; measured on test "
        f"{signed(row.absolute.estimate)} ({signed_span(row.absolute)})."
    )
    tail = came({**trained, "joint, then sort": report.main}, staged="joint, then sort")
    assert "Predicted +0.010 for joint, then sort against joint training" in tail
    assert "Predicted +0.030 for cumulative" in tail


def test_advice_that_no_arm_is_says_how_it_is_trained():
    told = came({"joint": "joint", "cumulative": whole_report().main}, staged="joint, then sort")
    assert "Advised was joint, then sort: no arm of this run, `--set baselines.advised=true` trains it." in told
    assert "Advised was joint training: the arm joint." in came({"joint": "joint"}, advice="mix")


def test_without_any_arm_to_hold_it_against_nothing_came_of_it():
    assert came({}) == ""


NOTHING = {"own_gains": (), "own_gain": Interval.of(0.01, -0.02, 0.04, 3)}


def test_where_nothing_learns_no_arm_is_called_advice():
    trained = {"joint": "joint", "joint, then sort": "advised"}
    assert came(trained, NOTHING, staged="joint, then sort") == (
        "Stage or mix? Cannot be said: it is not sure that anything learns here; the arm advised is joint, then sort, "
        "which is predicted best."
    )
    assert came({"joint": "joint"}, NOTHING, advice="mix") == ""


def test_where_nothing_learns_there_is_no_advice():
    known = PLAN.model_copy(update={"mixing": mixing()})
    nothing = known.model_copy(update=NOTHING)
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
