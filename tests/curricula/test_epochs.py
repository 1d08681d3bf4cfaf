"""Epochs become steps by the number of items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curricula.epochs import with_steps
from domains.errors import CurriculumError
from experiments.run.job import prepare_data
from tests.support.scheduler import make_curriculum

ITEMS = {"sums": 100, "sort": 7}


def steps(**changes: Any) -> dict[str, int]:
    curriculum = with_steps(make_curriculum(["sums", "sort"], **changes), ITEMS)
    trainings = {name: curriculum.stage_training(name) for name in ITEMS}
    assert all(training.epochs is None for training in (*trainings.values(), curriculum.training))
    return {name: training.steps for name, training in trainings.items()}


@pytest.mark.parametrize(
    ("training", "stages", "wanted"),
    [
        ({"epochs": 1, "prompts": 4}, {}, {"sums": 25, "sort": 2}),
        ({"epochs": 3, "prompts": 8}, {}, {"sums": 38, "sort": 3}),
        ({"epochs": 0.1, "prompts": 10}, {}, {"sums": 1, "sort": 1}),
        # An epoch is counted in prompts, however many rollouts each has.
        ({"epochs": 1, "prompts": 4, "rollouts": 9}, {"sort": {"epochs": 10}}, {"sums": 25, "sort": 18}),
        ({"epochs": 1, "prompts": 4}, {"sums": {"steps": 6}, "sort": {"prompts": 1}}, {"sums": 6, "sort": 7}),
        ({"steps": 10}, {"sort": {"epochs": 2, "prompts": 2}}, {"sums": 10, "sort": 7}),
    ],
)
def test_they_are_resolved_for_each_stage(training: Any, stages: Any, wanted: dict[str, int]) -> None:
    assert steps(training=training, stages=stages) == wanted


def test_a_written_stage_goes_through_the_items_of_all_its_domains() -> None:
    stages = [{"mixture": {"sums": 1, "sort": 1}}, {"mixture": {"sort": 1, "sums": 0}, "training": {"epochs": 4}}]
    curriculum = make_curriculum(
        ["sums", "sort"],
        training={"epochs": 1, "prompts": 4},
        schedule={"composition": "explicit", "stages": stages},
    )
    counted = with_steps(curriculum, ITEMS)
    assert [counted.written_training(stage).steps for stage in counted.schedule.stages] == [27, 7]


def test_where_steps_are_written_nothing_changes() -> None:
    curriculum = make_curriculum(["sums", "sort"], stages={"sums": {"steps": 3}})
    assert with_steps(curriculum, ITEMS) == curriculum


TEXT = """\
name: demo
model: {type: scratch}
domains:
  a: {kind: creative, source: {type: stories}, rewards: [{type: creative}], train: 30}
  b: {kind: creative, source: {type: stories}, rewards: [{type: creative}], train: 50}
training: {method: sft, epochs: 2, prompts: 10}
evaluation: {validation: 5, test: 5}
"""


@pytest.mark.slow
def test_what_is_trained_and_kept_says_steps_and_they_are_checked(tmp_path: Path) -> None:
    from curricula.loader import load_curriculum

    file = tmp_path / "c.yaml"
    file.write_text(TEXT, encoding="utf-8")
    found = prepare_data(load_curriculum(file), file)
    counted = {name: found.curriculum.stage_training(name).steps for name in "ab"}
    assert counted == {name: -(-2 * len(found.data[name]["train"]) // 10) for name in "ab"}
    assert "epochs" not in found.curriculum.model_dump(mode="json")["training"]

    file.write_text(TEXT.replace("prompts: 10", "prompts: 10, warmup_steps: 8"), encoding="utf-8")
    with pytest.raises(CurriculumError) as caught:
        prepare_data(load_curriculum(file), file)
    assert "stages.a.warmup_steps: must be less than the stage's steps (" in str(caught.value)
