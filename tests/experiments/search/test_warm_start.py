"""Where a search begins."""

from __future__ import annotations

from types import SimpleNamespace

import optuna
import pytest

from experiments.run.findings import Findings
from experiments.search.warm_start import enqueue, warm_starts
from scheduler.composing.compose import schedule_of
from scheduler.search.space import choice_of
from tests.support.search_loop import make_curriculum

PLAN = ("stories", "sort", "sums")


def starts(**search):
    """Label → schedule, for a plan that has stories first."""
    curriculum = make_curriculum(**search)
    found = warm_starts(curriculum, Findings(plan=SimpleNamespace(order=PLAN)))
    return {
        one.name: schedule_of(choice_of(one.params, curriculum), curriculum, one.name)
        for one in found
        if one.name.startswith("plan")
    }


def test_structured_domains_are_imitated_and_the_creative_one_reinforced_last():
    found = starts(compositions=["sequential"], sft_rate=[1, 3])
    assert list(found) == [
        "plan-sequential",
        "plan-sequential, methods by kind",
        "plan-sequential, methods by kind, SFT at 3 times the rate",
    ]
    own, kind, faster = (schedule.stages for schedule in found.values())
    assert [stage.training.method for stage in own] == ["grpo"] * 3
    assert [stage.training.method for stage in kind] == ["sft", "sft", "grpo"]
    assert "stories" in kind[-1].mixture
    ratios = [b.training.learning_rate / a.training.learning_rate for a, b in zip(kind, faster, strict=True)]
    assert ratios == pytest.approx([3, 3, 1])
    assert len({stage.training.learning_rate for stage in kind}) == 1


def test_methods_that_the_search_does_not_open_stay():
    assert list(starts(methods={"sums": ["grpo", "sft"]})) == ["plan-sequential", "plan-cumulative"]


@pytest.mark.parametrize("trials", [6, 12, 24, 60])
def test_variants_leave_half_of_the_trials_to_the_search(trials):
    """Every kind is begun with where there is room; more of each kind only in half of the trials."""
    curriculum = make_curriculum(compositions=["joint", "sequential", "pairs", "cumulative"], sft_rate=[1, 3])
    found = warm_starts(curriculum, Findings(plan=SimpleNamespace(order=PLAN)))
    kinds = [one.name for one in found if not one.variant]
    assert kinds == ["joint", "joint, then plan, then joint", "plan-sequential", "plan-pairs", "plan-cumulative"]
    study = optuna.create_study()
    for _ in range(2):
        enqueue(study, found, trials, 2)
        queued = [trial.user_attrs["start"] for trial in study.get_trials()]
        assert queued == [one.name for one in found][: len(queued)]
        assert len(queued) == min(len(found), max(trials // 2, min(len(kinds), trials - 2)))
