"""Rounds of a curriculum: what the floor promises holds in prompts, however short a round is."""

from __future__ import annotations

import numpy as np
import pytest

from curricula.schema import Curriculum
from curricula.stage import Stage
from curricula.training_override import TrainingOverride
from scheduler.composing import compose
from scheduler.composing.choice import own_choice
from scheduler.composing.compositions.table import drafts
from scheduler.composing.draft import StageBudgets
from scheduler.composing.parts import parts_of, sources
from scheduler.mixing.guess import guessed_rounds
from scheduler.mixing.rounds import advance, begin, schedule_of

DOMAIN = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}


def short(floor: float, **training: object) -> Curriculum:
    """Twelve steps in six rounds; a share of 0.01 of a round's 16 prompts is none."""
    return Curriculum.model_validate(
        {
            "name": "short",
            "model": {"type": "scratch"},
            "domains": dict.fromkeys("abc", DOMAIN),
            "training": {"steps": 4, "prompts": 8, **training},
            "baselines": {"orders": []},
            "schedule": {
                "composition": "adaptive",
                "order": "given",
                "given": ["a", "b", "c"],
                "rate": "whole",
                "adaptive": {"rounds": 6, "floor": floor, "rule": "learnability"},
            },
        }
    )


def passed_over(stage: Stage) -> list[str]:
    """Domains of which a round draws no prompt."""
    return [name for name in "abc" if not stage.examples.get(name)]


def mixed(curriculum: Curriculum) -> list[list[str]]:
    """Which domains each round passes over, where only the first one can be learnt."""
    (now,) = begin(curriculum, None)
    scores = [np.array([0.5, 0.001, 0.001])] * 7
    while now.waits:
        blocks = [tuple(np.full((1, 4), value) for value in row) for row in scores[: len(now.proposals) + 1]]
        now = advance(curriculum, now, blocks, None)
    return [passed_over(stage) for stage in schedule_of(curriculum, now).stages]


@pytest.mark.parametrize("training", [{}, {"batches": "single", "steps": 8}])
def test_the_floor_draws_a_prompt_of_every_domain(training):
    assert mixed(short(0.01, **training)) == [[]] * 6
    for draw in range(5):
        (rounds,) = guessed_rounds(short(0.01, **training), None, draw)
        assert not any(passed_over(stage) for stage in schedule_of(short(0.01, **training), rounds).stages)


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"a": {"rollouts": 4}},
        {name: {"method": "sft", "prompts": 16} for name in "abc"},
        {"a": {"prompts": 4}, "b": {"steps": 9, "learning_rate": 0.1}},
    ],
)
def test_a_trial_of_a_search_is_composed_as_the_runs_own_arm(own):
    """Also where the domains' trainings are not the curriculum's: the arm's stages are joint training's."""
    curriculum = short(0.01).model_copy(update={"stages": {k: TrainingOverride(**said) for k, said in own.items()}})
    (rounds,) = guessed_rounds(curriculum, None, 0)
    arm = schedule_of(curriculum, rounds)
    order = ("c", "a", "b")
    choice = own_choice(curriculum, order, "adaptive")
    mixtures = [stage.mixture for stage in arm.stages]
    assert compose.schedule_of(choice, curriculum, "trial", mixtures=mixtures).stages == arm.stages
    base = StageBudgets(curriculum)
    assert [base.completions(draft) for draft in drafts(choice, base)] == [one.rollout_budget for one in arm.stages]
    ((method, whole),) = parts_of(curriculum, sources(curriculum, order)).items()
    assert arm.steps == whole.steps(whole.budget)
    assert {stage.training.method for stage in arm.stages} == {method}


def test_without_a_floor_nothing_is_promised():
    assert any(mixed(short(0.0)))
