"""Guards as they are written: what each stage gets of them, what is refused, what is said, and whose identity it is."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from curricula.guard_checks import guard_notes
from curricula.guards import NONE, STOP_GUARDS, EntropyFloor, Guards, KlBudget, PassRate, StopGuard, SweetSpot, stops
from curricula.loader import load_curriculum
from curricula.sense_checks import sense_notes
from curricula.stage import Stage, Training
from curricula.training_override import TrainingOverride
from domains.errors import CurriculumError
from scheduler.composing.compose import compose
from tests.support.curriculum_text import changed, write

BAND = Guards(pass_rate=PassRate())
NO_JOINT = (
    "baselines: {joint: false, joint_tuned: false, joint_probes: false, joint_weighted: false, joint_budgets: []}"
)


def guarded(guards: str) -> str:
    return changed("steps: 10", f"steps: 10\n  guards: {guards}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            guarded("{kl: {budget: 0.1}}").replace("order: bwt", "rate: whole"),
            "18: training.guards.kl: cannot end a stage on `schedule.rate: whole`, whose stages are pieces of one "
            "path. `pass_rate`, and the penalty `training.kl`, go with every rate.",
        ),
        (
            changed("seeds:", "stages: {sums: {guards: {entropy: {share: 0.5}}}}\nseeds:").replace(
                "order: bwt", "rate: trunk"
            ),
            "20: stages.sums.guards.entropy: cannot end a stage on `schedule.rate: trunk`, whose stages are pieces of "
            "one path. `pass_rate`, and the penalty `training.kl`, go with every rate.",
        ),
        (
            guarded("{pass_rate: {domains: [sumz]}}"),
            "18: training.guards.pass_rate.domains[0]: no domain of this name is defined, got 'sumz'. Did you mean "
            "'sums'?",
        ),
        (
            guarded("{pass_rate: {low: 0.9, high: 0.2}}"),
            "18: training.guards.pass_rate.low: must be below `high` (0.2), got 0.9.",
        ),
        (
            guarded("{entropy: {}}"),
            "18: training.guards.entropy.floor: write either `floor` or `share`.",
        ),
        (
            guarded("{kl: 0.1}"),
            "18: training.guards.kl: must be a mapping, got 0.1.",
        ),
        (
            guarded("{passrate: {}}"),
            "18: training.guards.passrate: unknown key, got {}. Did you mean 'pass_rate'?",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, line: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as raised:
        load_curriculum(file)
    assert str(raised.value) == f"{file}:{line}"


def test_a_band_goes_with_every_rate(tmp_path: Path) -> None:
    text = guarded("{pass_rate: {items: null}}").replace("order: bwt", "rate: trunk")
    assert load_curriculum(write(tmp_path, text)).training.guards.pass_rate == PassRate(items=None)


def test_what_a_stage_writes_replaces_all_of_it() -> None:
    training = Training(guards=Guards(pass_rate=PassRate(), kl=KlBudget(budget=0.1)))
    assert TrainingOverride(steps=3).over(training).guards == training.guards
    assert TrainingOverride(guards=NONE).over(training).guards == NONE
    floor = Guards(entropy=EntropyFloor(floor=0.2))
    assert TrainingOverride(guards=floor).over(training).guards == floor


def test_guards_are_part_of_the_weights_identity_and_none_are_not_there() -> None:
    plain, guarded = (Stage(mixture={"a": 1.0}, training=Training(guards=guards)) for guards in (NONE, BAND))
    assert "guards" not in plain.content["training"]
    assert guarded.content["training"]["guards"]["pass_rate"]["low"] == 0.1
    assert Stage.model_validate(guarded.model_dump(mode="json")) == guarded


def test_composed_stages_keep_them(tmp_path: Path) -> None:
    text = changed("seeds:", "stages: {sums: {guards: {pass_rate: {}}}}\nseeds:")
    curriculum = load_curriculum(write(tmp_path, text))
    made = compose(("tales", "sums"), "sequential", curriculum, name="x", role="main")
    assert [stage.training.guards for stage in made.stages] == [NONE, BAND]


def test_what_measuring_costs_and_what_joint_training_lacks_is_said(tmp_path: Path) -> None:
    text = changed("seeds:", "stages: {sums: {guards: {pass_rate: {samples: 4}}}}\nseeds:")
    assert tuple(guard_notes(load_curriculum(write(tmp_path, text)))) == (
        "stages.sums.guards.pass_rate: measuring costs up to 1,024 completions a domain before a stage; its cost holds "
        "them.",
        "stages.sums.guards: joint training has the guards of `training`, not these.",
    )
    alone = load_curriculum(write(tmp_path, f"{text}{NO_JOINT}\n"))
    assert len(tuple(guard_notes(alone))) == 1


def test_where_nothing_is_trained_by_grpo_that_is_said(tmp_path: Path) -> None:
    file = write(tmp_path, guarded("{entropy: {floor: 0.1}}\n  method: sft"))
    assert "training.guards: is for GRPO, and every stage is trained by SFT." in sense_notes(load_curriculum(file))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            guarded("{sweet_spot: {}}").replace("order: bwt", "rate: whole"),
            "18: training.guards.sweet_spot: cannot leave an earlier model on `schedule.rate: whole`, whose stages are "
            "pieces of one path. `keep: last` only measures, and goes with everything.",
        ),
        (
            guarded("{sweet_spot: {}}\n  optimizer: carry"),
            "19: training.optimizer: cannot go with `guards.sweet_spot`: the moments are those of the last model, "
            "which may not be kept, got 'carry'. `keep: last` only measures, and goes with everything.",
        ),
    ],
)
def test_another_model_than_the_last_fits_no_path_and_no_moments(tmp_path: Path, text: str, line: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as raised:
        load_curriculum(file)
    assert str(raised.value) == f"{file}:{line}"
    measured = text.replace("sweet_spot: {}", "sweet_spot: {keep: last}")
    assert load_curriculum(write(tmp_path, measured)).training.guards.sweet_spot == SweetSpot(keep="last")


def test_what_measuring_on_the_way_costs_is_said_and_sft_heeds_it(tmp_path: Path) -> None:
    curriculum = load_curriculum(write(tmp_path, guarded("{sweet_spot: {points: 4, items: 9}}\n  method: sft")))
    notes = " ".join(sense_notes(curriculum))
    said = "training.guards.sweet_spot: every such stage answers up to 9 validation items of each domain 5 times"
    assert said in notes
    assert "training.guards: is for GRPO" not in notes
    assert curriculum.training.guarded_by.sweet_spot == SweetSpot(points=4, items=9)


def test_guards_of_before_have_the_identity_that_they_had() -> None:
    """The new key is not in the identity of stages that do not use it."""
    assert "sweet_spot" not in Training(guards=BAND).model_dump_json()


def test_every_guard_that_ends_a_stage_has_its_rule_and_its_key():
    """One that was forgotten here would be taken for a floor, or never read, without a word."""
    every = Guards.model_validate({"kl": {"budget": 2.0}, "entropy": {"share": 0.5}, "pass_rate": {}, "sweet_spot": {}})
    assert list(stops(every)) == [("kl", 2.0, None), ("entropy", None, 0.5)]
    assert set(STOP_GUARDS) == set(get_args(StopGuard)) == {guard for guard, _, _ in stops(every)}
    assert set(STOP_GUARDS) <= set(Guards.model_fields)
    assert not list(stops(NONE))


@pytest.mark.parametrize(
    ("guard", "worst", "beyond"), [("kl", 3.0, [False, False, True]), ("entropy", 1.0, [True, False, False])]
)
def test_a_rule_knows_its_side(guard: StopGuard, worst: float, beyond: list[bool]):
    rule = STOP_GUARDS[guard]
    assert [rule.beyond(value, 2.0) for value in (1.0, 2.0, 3.0)] == beyond
    assert rule.worse(1.0, 3.0) == rule.worse(3.0, 1.0) == worst
