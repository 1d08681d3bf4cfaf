"""The space as Optuna sees it."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import CurriculumError
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.compose import schedule_of
from scheduler.search.keys import key_of
from scheduler.search.orders import neighbour, order_of, place_space, placed, places, readable
from scheduler.search.space import choice_of, joint_space, params_of, space, suggest
from scheduler.search.units import draw
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
SHORT = {"lengths": [1], "opening": [0], "refresh": [0]}
RICH = {
    "compositions": ["sequential", "cumulative", "joint"],
    "lengths": [1, 2],
    "leave_out": ["sums"],
    "lr_scale": [0.5, 1],
    "lr_decay": [0.5, 1],
    "replay": [0, 0.25],
    "opening": [0, 0.5],
    "refresh": [0, 0.1],
    "repair": [0, 0.1],
    "drop": [0, 0.2],
    "repeats": [1, 2],
    "methods": {"sort": ["grpo", "sft"], "spell": ["sft"]},
}


DROPS = {"drop", "dropped"}
EVERY = {
    "place",
    "length",
    "leave_out",
    "opening",
    "refresh",
    "repair",
    "repaired",
    "repeats",
    "replay",
    "method",
} | DROPS


def test_only_choices_with_several_values_are_parameters():
    places_of_all = {f"place.{name}" for name in FOUR}
    assert set(space(make_curriculum(FOUR, search=RICH))) == places_of_all | {
        *("composition", "leave_out.sums", "lr_scale", "lr_decay", "replay", "opening", "refresh", "repeats"),
        *("repair", "repaired", "drop", "dropped"),
        *(f"length.{name}" for name in FOUR),
        "method.sort",
    }
    lengths = {f"length.{name}" for name in FOUR}
    assert set(space(make_curriculum(FOUR))) == places_of_all | lengths | {"composition", "opening", "refresh"}
    assert space(make_curriculum(FOUR, search={"compositions": ["joint"], "lengths": [1]})) == {}


@pytest.mark.parametrize(
    ("compositions", "absent"),
    [
        (["joint", "adaptive"], {"place", "opening", "refresh", "repeats", "replay", "method"}),
        (["adaptive"], EVERY),
        (["cumulative"], {"replay", *DROPS}),
        (["pairs"], DROPS),
    ],
)
def test_what_no_composition_heeds_is_no_parameter(compositions, absent):
    found = space(make_curriculum(FOUR, search=RICH | {"compositions": compositions}))
    assert {key_of(name).choice for name in found} - {"composition", "lr_scale", "lr_decay"} == EVERY - absent


def test_repair_and_drop_are_no_parameters_and_no_part_of_an_identity_unless_they_are_asked_for():
    plain = make_curriculum(FOUR)
    assert plain == make_curriculum(FOUR, search={"repair": [0], "drop": [0]})
    assert not {"repair", "drop"} & set(plain.search.model_dump())
    pinned = make_curriculum(FOUR, search={"repair": [0.1]})
    assert "repair" not in space(pinned)
    assert space(pinned)["repaired"].choices == FOUR
    assert choice_of({"repaired": "sort", "composition": "joint", **places(FOUR)}, pinned).mended == "sort"


def test_places_are_of_the_domains_that_the_schedule_does_not_leave_out():
    curriculum = make_curriculum(FOUR, schedule={"leave_out": ["sort"]})
    assert placed(space(curriculum)) == ("sums", "spell", "stories")


def test_even_draws_of_places_are_even_draws_of_orders():
    rng = np.random.default_rng(0)
    drawn = Counter(order_of(one, "abc") for one in draw(place_space("abc"), rng, 1200))
    assert set(drawn) == set(permutations("abc"))
    assert min(drawn.values()) > 150


@given(order=st.permutations("abcdefgh").map(tuple), seed=st.integers(0, 10**6))
def test_an_order_comes_back_from_its_places_and_its_neighbours_are_orders(order, seed):
    assert order_of(places(order), sorted(order)) == order
    near = neighbour(order, np.random.default_rng(seed))
    assert sorted(near) == sorted(order)
    assert readable({**places(order), "lr_scale": 0.5}) == {"order": " > ".join(order), "lr_scale": 0.5}


def test_joint_training_is_a_part_of_the_space():
    """Fixing the kind leaves what matters to a mixture of all, with the same values."""
    curriculum = make_curriculum(FOUR, search=RICH)
    whole, part = space(curriculum), space(joint_space(curriculum))
    of_one = {"repair", "repaired", "drop", "dropped"}
    assert set(part) == {"leave_out.sums", "lr_scale", "lr_decay", *of_one, *(f"length.{name}" for name in FOUR)}
    assert all(whole[name] == one for name, one in part.items())
    params = {name: one.choices[-1] for name, one in part.items()}
    inside = choice_of({**params, "composition": "joint"}, curriculum)
    alone = choice_of(params, joint_space(curriculum))
    assert schedule_of(inside, curriculum, "") == schedule_of(alone, curriculum, "")


def test_adaptive_mixing_is_no_point_where_it_cannot_be():
    assert "adaptive" in space(make_curriculum(FOUR))["composition"].choices
    several = make_curriculum(FOUR, stages={"sums": {"method": "sft"}})
    assert "adaptive" not in space(several)["composition"].choices
    assert "adaptive" not in space(make_curriculum(FOUR, training={"steps": 1}, search=SHORT))["composition"].choices


def test_pinned_values_reach_the_choice():
    curriculum = make_curriculum(FOUR, search=RICH, schedule={"replay": 0.1, "lr_decay": 0.9})
    found = choice_of(places(FOUR), curriculum)
    assert found.methods == {"sort": "grpo", "spell": "sft"}
    pinned = choice_of(places(FOUR), make_curriculum(FOUR, schedule={"replay": 0.1, "lr_decay": 0.9}))
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
    curriculum = make_curriculum(FOUR, search={"replay": [0, 0.25], "compositions": ["pairs"], "lengths": [1, 3]})
    choice = Choice(order=FOUR[::-1], composition="joint", lengths=dict.fromkeys(FOUR, 2.0), replay=0.2)
    found = params_of(choice, curriculum)
    assert order_of(found, FOUR) == FOUR[::-1]
    assert found["replay"] == 0.25
    assert len({found[f"length.{name}"] for name in FOUR}) == 1
    assert "composition" not in found


def test_a_pinned_order_is_given():
    curriculum = make_curriculum(FOUR, search={**SHORT, "order": "plan", "leave_out": ["sums"]})
    assert set(space(curriculum)) == {"composition", "leave_out.sums"}
    assert choice_of({}, joint_space(curriculum)).order == FOUR
    trial = optuna.create_study().ask()
    assert suggest(trial, curriculum, ("sort", "sums")).order == ("sort", "sums")
    with pytest.raises(ValueError, match="pinned"):
        choice_of({}, curriculum)


def test_what_a_plan_left_alone_is_not_left_out_as_well():
    curriculum = make_curriculum(FOUR, search={**SHORT, "order": "plan", "leave_out": ["sums"]})
    assert choice_of({"leave_out.sums": True}, curriculum, ("sums",)).trained == ("sums",)


def test_a_curriculum_that_cannot_be_searched_is_refused_with_its_key():
    with pytest.raises(CurriculumError, match=r"^search\.repeats: 28 stages need a step each"):
        space(make_curriculum(NAMES[:7], training={"steps": 2}, search={**SHORT, "repeats": [1, 4]}))


def test_forty_domains_have_orders_too():
    names = tuple(f"d{at:02}" for at in range(40))
    curriculum = make_curriculum(names)
    assert placed(space(curriculum)) == names
    trial = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0)).ask()
    assert sorted(suggest(trial, curriculum).order) == list(names)
