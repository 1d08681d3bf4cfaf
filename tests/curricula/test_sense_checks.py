"""curricula/sense_checks.py: what cannot work is refused with its line, what is suspicious is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from curricula.sense_checks import sense_notes
from domains.errors import CurriculumError
from tests.support.curriculum_text import GOOD, changed, write

USUAL = "Pretrained models take 1e-6 to 1e-3; was a minus left out?"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            changed("steps: 10", "learning_rate: 2e4"),
            f"17: training.learning_rate: must be at most 1, got 20000.0. {USUAL}",
        ),
        (
            changed("seeds:", "stages: {sums: {learning_rate: 3}}\nseeds:"),
            f"20: stages.sums.learning_rate: must be at most 1, got 3.0. {USUAL}",
        ),
        (
            changed("type: scratch", "type: scratch\n  warmup: {learning_rate: 10}"),
            f"4: model.warmup.learning_rate: must be at most 1, got 10.0. {USUAL}",
        ),
        (
            changed("    kind: creative", "    weight: 0\n    kind: creative"),
            "11: domains.tales.weight: a domain that is trained must count in the total score, got 0.0. "
            "Leave the domain out; `schedule.leave_out` keeps one that is measured and not trained.",
        ),
        (
            changed("steps: 10", "rollouts: 1"),
            "17: training.rollouts: must be at least 2, got 1. GRPO compares the completions of one prompt.",
        ),
        (changed("steps: 10", "temperature: 0"), "17: training.temperature: must be greater than 0, got 0."),
        (changed("steps: 10", "prompts: 0"), "17: training.prompts: must be greater than 0, got 0."),
        (changed("steps: 10", "steps: -5"), "17: training.steps: must be greater than 0, got -5."),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(write(tmp_path, text))
    assert str(caught.value) == f"{tmp_path}/c.yaml:{line}"


def test_one_slip_is_told_once(tmp_path: Path) -> None:
    """A domain's stage that does not say its own rate has the one of `training`."""
    text = changed("steps: 10", "learning_rate: 5").replace("seeds:", "stages: {sums: {steps: 3}}\nseeds:")
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(write(tmp_path, text))
    assert str(caught.value).endswith(USUAL)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (GOOD, ()),
        (
            changed("steps: 10", "learning_rate: 0.1"),
            ("training.learning_rate: 0.1 is very high; 1e-6 to 1e-3 are usual, and a model may be ruined in a step.",),
        ),
        (
            changed("steps: 10", "temperature: 0.01"),
            (
                "training.temperature: at 0.01 rollouts are nearly all alike, so that there is little to tell them "
                "apart by.",
            ),
        ),
        (
            changed("    kind: creative", "    decoding: {temperature: 5}\n    kind: creative"),
            ("tales: at a decoding temperature of 5 its samples are nearly noise.",),
        ),
        (
            changed("steps: 10", "method: sft\n  rollouts: 4"),
            ("training.rollouts: is for GRPO, and every stage is trained by SFT.",),
        ),
        (changed("steps: 10", "method: sft\n  rollouts: 4") + "stages: {sums: {method: grpo}}\n", ()),
        (changed("steps: 10", "method: sft\n  kl: 0.1") + "search: {methods: {sums: [sft, grpo]}}\n", ()),
    ],
)
def test_what_is_suspicious_is_said(tmp_path: Path, text: str, notes: tuple[str, ...]) -> None:
    assert sense_notes(load_curriculum(write(tmp_path, text))) == notes


def test_the_curricula_that_ship_are_not_suspicious() -> None:
    for file in sorted((Path(__file__).parents[2] / "curricula").glob("*.yaml")):
        assert sense_notes(load_curriculum(file)) == (), file.name
