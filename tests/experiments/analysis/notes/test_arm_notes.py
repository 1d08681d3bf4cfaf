"""A share that rounds to no prompt is told."""

from __future__ import annotations

from dataclasses import replace

from curricula.stage import Schedule, Stage, Training
from experiments.analysis.assembly import build_report
from experiments.analysis.notes.arm_notes import all_notes, arm_notes
from experiments.report.html import render_html
from experiments.report.markup import NO_BREAK
from tests.support.report import make_inputs

EVEN = Stage(mixture={"sums": 1, "sort": 1}, training=Training(steps=2, prompts=8))
NARROW = Stage(mixture={"sums": 0.999, "sort": 0.001}, training=Training(steps=2, prompts=8))


def noted(*stages: Stage) -> tuple[str, ...]:
    return arm_notes(Schedule(name="x", role="main", stages=stages))


def test_a_stage_that_draws_nothing_of_a_domain_is_named():
    said = "draws none of 16 prompts from sort (0.1 %): that share rounds to nothing."
    assert noted(EVEN, NARROW) == (f"Stage 2 {said}",)
    assert noted(EVEN) == ()


def test_stages_that_are_alike_stand_in_one_sentence():
    assert noted(NARROW, EVEN, NARROW)[0].startswith("Stages 1 and 3 draw none")
    assert noted(*[NARROW] * 7)[0].startswith("Stages 1, 2, 3, 4, 5 and 2 more draw none")
    assert noted(*[NARROW] * 6)[0].startswith("Stages 1, 2, 3, 4, 5 and 1 more draw none")


def test_notes_of_several_arms_stand_under_their_names():
    arms = [Schedule(name=name, role="trial", stages=(stage,)) for name, stage in (("a", NARROW), ("b", EVEN))]
    assert all_notes(arms) == (f"a: {noted(NARROW)[0]}",)


def test_the_report_and_its_page_say_so():
    inputs = make_inputs()
    last = inputs.schedules[-1]
    narrow = last.model_copy(update={"stages": (NARROW,)})
    report = build_report(replace(inputs, schedules=(*inputs.schedules[:-1], narrow)))
    assert report.arms[last.name].notes == noted(NARROW)
    assert f"{last.name}: {noted(NARROW)[0]}" in render_html(report).replace(NO_BREAK, " ")
    assert not any(arm.notes for name, arm in report.arms.items() if name != last.name)


def test_what_is_not_equal_is_noted_first():
    stage = Stage(mixture={"a": 1.0}, training=Training())
    unequal = Schedule(name="joint", role="joint", stages=(stage,), unequal=("all of it by GRPO",))
    assert arm_notes(unequal) == ("Not equal to the schedule: all of it by GRPO.",)
