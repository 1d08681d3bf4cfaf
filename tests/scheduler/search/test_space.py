"""The space as Optuna sees it."""

from __future__ import annotations

from itertools import permutations

import optuna
import pytest

from domains.errors import CurriculumError
from scheduler.choice import Choice, own_choice
from scheduler.compose import schedule_of
from scheduler.path_text import order_text, path_of
from scheduler.search.space import choice_of, params_of, space, suggest
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
RICH = {
    "compositions": ["sequential", "cumulative", "joint"],
    "lengths": [1, 2],
    "leave_out": ["sums"],
    "lr_scale": [0.5, 1],
    "lr_decay": [0.5, 1],
    "replay": [0, 0.25],
    "refresh": [0, 0.1],
    "repeats": [1, 2],
    "methods": {"sort": ["grpo", "sft"], "spell": ["sft"]},
}


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def test_only_choices_with_several_values_are_parameters():
    assert set(space(make_curriculum(FOUR, search=RICH))) == {
        *("order", "composition", "leave_out.sums", "lr_scale", "lr_decay", "replay", "refresh", "repeats"),
        *(f"length.{name}" for name in FOUR),
        "method.sort",
    }
    assert set(space(make_curriculum(FOUR))) == {"order", "composition"}
    assert space(make_curriculum(FOUR, search={"order": "plan", "compositions": ["joint"]})) == {}


def test_orders_are_all_of_the_domains_that_the_schedule_does_not_leave_out():
    curriculum = make_curriculum(FOUR, schedule={"leave_out": ["sort"]})
    choices = space(curriculum)["order"].choices
    assert set(map(path_of, choices)) == set(permutations(["sums", "spell", "stories"]))
    assert len(choices) == 6


def test_pinned_values_reach_the_choice():
    curriculum = make_curriculum(FOUR, search=RICH, schedule={"replay": 0.1, "lr_decay": 0.9})
    found = choice_of({"order": order_text(FOUR)}, curriculum)
    assert found.methods == {"sort": "grpo", "spell": "sft"}
    pinned = choice_of({"order": order_text(FOUR)}, make_curriculum(FOUR, schedule={"replay": 0.1, "lr_decay": 0.9}))
    assert (pinned.replay, pinned.lr_decay) == (0.1, 0.9)


def test_every_suggestion_can_be_enqueued_again():
    curriculum = make_curriculum(FOUR, search=RICH)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(60):
        trial = study.ask()
        choice = suggest(trial, curriculum)
        assert choice_of(trial.params, curriculum) == choice
        again = choice_of(params_of(choice, curriculum), curriculum)
        assert schedule_of(again, curriculum, "") == schedule_of(choice, curriculum, "")


def test_the_curriculums_own_schedule_is_a_point_where_the_space_holds_its_values():
    curriculum = make_curriculum(FOUR, search=RICH, schedule={"lr_decay": 0.5, "replay": 0.25})
    for order in permutations(FOUR):
        choice = own_choice(curriculum, order, "cumulative")
        near = choice_of(params_of(choice, curriculum), curriculum)
        assert near.model_copy(update={"methods": {}}) == choice


def test_values_that_the_space_lacks_become_the_nearest():
    curriculum = make_curriculum(FOUR, search={"replay": [0, 0.25], "compositions": ["sequential"], "lengths": [1, 3]})
    choice = Choice(order=FOUR[::-1], composition="joint", lengths=dict.fromkeys(FOUR, 2.0), replay=0.2)
    found = params_of(choice, curriculum)
    assert found["order"] == order_text(FOUR[::-1])
    assert found["replay"] == 0.25
    assert len({found[f"length.{name}"] for name in FOUR}) == 1
    assert "composition" not in found


def test_a_pinned_order_is_given():
    curriculum = make_curriculum(FOUR, search={"order": "plan", "leave_out": ["sums"]})
    assert set(space(curriculum)) == {"composition", "leave_out.sums"}
    trial = optuna.create_study().ask()
    assert suggest(trial, curriculum, ("sort", "sums")).order == ("sort", "sums")
    with pytest.raises(ValueError, match="pinned"):
        choice_of({}, curriculum)


def test_what_a_plan_left_alone_is_not_left_out_as_well():
    curriculum = make_curriculum(FOUR, search={"order": "plan", "leave_out": ["sums"]})
    assert choice_of({"leave_out.sums": True}, curriculum, ("sums",)).trained == ("sums",)


def test_a_curriculum_that_cannot_be_searched_is_refused_with_its_key():
    with pytest.raises(CurriculumError, match=r"^search\.order: `any` searches over the orders of at most 6 domains"):
        space(make_curriculum(NAMES[:7]))
