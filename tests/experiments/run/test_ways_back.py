"""Models between a stage's start and its end: which nodes they are, what they weigh, and the curve they give."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from experiments.executors.inline import InlineExecutor
from experiments.nodes.setup import make_setup
from experiments.nodes.tree import grow
from experiments.report.html import render_html
from experiments.run.estimating.estimate import estimate
from experiments.run.job import open_job
from experiments.run.phases import run
from experiments.run.ways_back import main_ways_back
from experiments.store import Store
from experiments.worker.launch import run_node
from scheduler.arms import fixed_arms
from tests.support.commands import TINY
from tests.support.tiny import tiny

EXPLICIT = (
    "schedule={composition: explicit, stages: [{mixture: {sorting: 1}}, {mixture: {stories: 1}}]}",
    "baselines={joint: false, joint_tuned: false, joint_budgets: [], interpolate: false}",
    "seeds=[0]",
)
WAY = "evaluation.way_back=[0.25, 0.5]"


def prepared(*sets: str):
    """With the data of `tiny`, of which these keys say nothing."""
    curriculum, found = load_curriculum(TINY, sets=(*EXPLICIT, *sets)), tiny()
    versions = {name: domain.data for name, domain in found.setup.domains.items()}
    return replace(found, curriculum=curriculum, setup=make_setup(curriculum, versions))


def test_every_stage_has_its_way_and_nothing_more_is_trained(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    without, wanted = prepared(), prepared(WAY)
    ways = main_ways_back(wanted.curriculum, fixed_arms(wanted.curriculum))
    assert [way.name for way in ways] == [f"explicit, {share} of stage {at}" for at in (1, 2) for share in (0.25, 0.5)]
    assert [way.merge.weights for way in ways] == [(0.25,), (0.5,), (0.75, 0.25), (0.5, 0.5)]
    # What is interpolated are the nodes of the schedule itself.
    main = set(grow(wanted.setup, fixed_arms(wanted.curriculum), (0,)).by_id)
    tree = grow(wanted.setup, ways, (0,))
    assert {node.id for node in tree.nodes if not node.merge} == main
    plain, more = (estimate(one, None) for one in (without, wanted))
    assert (plain.stage_runs, plain.stage_runs_unshared, plain.to_train) == (
        more.stage_runs,
        more.stage_runs_unshared,
        more.to_train,
    )
    assert main_ways_back(without.curriculum, fixed_arms(without.curriculum)) == ()


@pytest.mark.parametrize("rate", ["whole", "trunk"])
def test_on_every_path_of_the_rate_the_way_is_between_readings(rate):
    found = prepared(WAY, f"schedule.rate={rate}")
    arms = fixed_arms(found.curriculum)
    tree = grow(found.setup, main_ways_back(found.curriculum, arms), (0,))
    assert {node.id for node in tree.nodes if not node.merge} <= set(grow(found.setup, arms, (0,)).by_id)


@pytest.mark.parametrize(
    ("sets", "rule"),
    [
        (("evaluation.way_back=[0.5, 0.25]",), "evaluation.way_back: must rise"),
        (("evaluation.way_back=[1.0]",), "less than 1"),
        (
            (WAY, "model={type: pretrained, id: x, lora: {dora: true}}"),
            "evaluation.way_back: cannot be made of such adapters",
        ),
    ],
)
def test_mistakes_are_told(sets, rule):
    with pytest.raises(CurriculumError, match=rule):
        load_curriculum(TINY, sets=(*EXPLICIT, *sets))


@pytest.mark.slow
def test_a_run_measures_the_way_and_shows_the_curve(tmp_path: Path) -> None:
    import torch

    from experiments.models.checkpoints import load_checkpoint

    short = ("evaluation.metrics=[nll]", "training.method=sft", "training.steps=6", "model.warmup.steps=10")
    found = prepared(WAY, *short)
    job = open_job(found, Store.open(str(tmp_path)))
    executor = InlineExecutor(job.view, found.curriculum.resources, run_node)
    report = run(job, executor, lambda *_: nullcontext(lambda *_: None), lambda _: None)
    assert not report.missing
    assert set(report.arms) == {"explicit"}
    first, second = report.ways_back
    assert (first.path, second.path) == (("sorting",), ("sorting", "stories"))
    for stage in report.ways_back:
        assert [point.step for point in stage.points] == [0, 25, 50, 100]
        assert (stage.points[0].gain.estimate, stage.kept) == (0, (100,))
    assert len({point.own for point in first.points}) == 4, "four different models"
    assert "Part of the way" in render_html(report)
    # Half of the way between the two stages' models, weight by weight.
    tree = grow(job.setup, main_ways_back(job.curriculum, fixed_arms(job.curriculum)), (0,))
    half = next(node for node in tree.nodes if node.merge and node.merge.weights == (0.5, 0.5))
    states = []
    for node in (*half.sources, half):
        with job.store.checkpoint(node) as place:
            states.append(load_checkpoint(job.curriculum.model, place, None)[0].state_dict())
    for name, weight in states[2].items():
        torch.testing.assert_close(weight, (states[0][name] + states[1][name]) / 2, msg=name)
    assert any((states[0][name] != states[1][name]).any() for name in states[2])
