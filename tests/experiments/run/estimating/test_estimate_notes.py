"""Before a run it is said which stages draw nothing of a domain that they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from experiments.run.estimating.estimate import UNADVISED, estimate
from experiments.run.job import prepare_data
from tests.support.commands import TINY, variant, within

pytestmark = pytest.mark.slow


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Curriculum with a schedule → what is said of it; nothing is timed."""
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)

    def said(schedule: str) -> tuple[str, ...]:
        file = variant(tmp_path, ("baselines:", f"schedule: {schedule}\nbaselines:"))
        return estimate(prepare_data(load_curriculum(file), file), None).notes

    return said


def test_stages_that_are_written_out(notes) -> None:
    said = notes("{composition: explicit, stages: [{mixture: {sorting: 0.999, stories: 0.001}}]}")
    assert said == ("explicit: Stage 1 draws none of 16 prompts from stories (0.1 %): that share rounds to nothing.",)


def test_replay_in_an_order_that_is_not_known_yet(notes) -> None:
    said = [note for note in notes("{replay: 0.01}") if note.startswith("bwt-sequential")]
    orders = ("sorting → stories", "stories → sorting")
    assert len(said) == 1
    assert any(said[0].startswith(f"bwt-sequential, in an order like {order}: Stage 2 draws") for order in orders)


def test_nothing_is_said_where_every_share_is_drawn(notes) -> None:
    assert notes("{replay: 0.1}") == ()


def test_advice_that_is_asked_for_beside_explicit_stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    explicit = "schedule: {composition: explicit, stages: [{mixture: {sorting: 1}}]}\nbaselines: {advised: true,"
    for new, alone in ((explicit, True), ("baselines: {advised: true,", False)):
        assert unadvised(variant(tmp_path, ("baselines: {", new))) == alone


def unadvised(file: Path) -> bool:
    """Whether it is said that there is no such arm."""
    return UNADVISED in estimate(prepare_data(load_curriculum(file), file), None).notes


def test_the_command_prints_it(stagewise_in, tmp_path: Path) -> None:
    file = variant(
        tmp_path,
        (
            "baselines:",
            "schedule: {composition: explicit, stages: [{mixture: {sorting: 0.999, stories: 0.001}}]}\nbaselines:",
        ),
    )
    assert "Note: explicit: Stage 1 draws none of 16 prompts from stories" in stagewise_in("validate", str(file))


@pytest.fixture
def stagewise_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The command in this process, in an empty folder; what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    return lambda *arguments: within(*arguments).stdout


def test_the_command_says_what_the_verdict_will_be_about(stagewise_in, tmp_path: Path) -> None:
    file = variant(tmp_path, ("baselines:", "comparison: {primary: {arm: joint, baseline: base}}\nbaselines:"))
    said = stagewise_in("validate", str(file))
    assert "Verdict: on joint against base. With fewer than 3 seeds it claims nothing." in said
    more = variant(tmp_path, ("seeds: [0, 1]", "seeds: [0, 1, 2]"))
    assert "Verdict: on bwt-sequential against joint.\n" in stagewise_in("validate", str(more))


def test_of_a_finished_run_nothing_is_to_be_trained_and_the_plan_is_known(stagewise_in, few, few_store) -> None:
    said = stagewise_in("validate", str(few), "--store", str(few_store))
    assert "; 0 stages to train, 0 to measure again, 0 to train again." in said
    assert "Time: seconds, since nothing is left to train or to measure." in said
    (runs,) = [line for line in said.splitlines() if line.startswith("Stage runs: ")]
    assert " to " not in runs


def test_where_the_order_waits_for_measurements_the_count_is_the_most(stagewise_in, tiny_store) -> None:
    said = stagewise_in("validate", str(TINY), "--store", str(tiny_store), "--set", "evaluation.metrics=[nll]")
    assert "In the store: 0 finished; at most " in said
