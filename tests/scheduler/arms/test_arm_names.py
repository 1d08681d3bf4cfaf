"""What arms are called, and which there are by what the curriculum says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.arms import arm_names, main_arm
from scheduler.arms.wanted import wanted_arms
from scheduler.composing.choice import own_choice
from scheduler.composing.compose import schedule_of
from scheduler.composing.joint import budget
from scheduler.mixing.arms import mixing_arms
from scheduler.mixing.guess import guessed_rounds
from scheduler.planning.planner import make_plan
from tests.support.arms import EXPLICIT, all_arms, measured, names
from tests.support.properties import examples
from tests.support.scheduler import NAMES, make_curriculum


def test_baselines_can_be_switched_off():
    off = {
        "joint": False,
        "joint_tuned": False,
        "joint_probes": False,
        "joint_weighted": False,
        "joint_budgets": [],
        "merges": [],
        "interpolate": False,
        "orders": [],
        "compositions": [],
        "random_orders": 0,
    }
    assert names(all_arms(make_curriculum(baselines=off))) == {"bwt-sequential"}


@pytest.mark.slow
@given(
    schedule=st.sampled_from(
        [
            *({"order": order} for order in ("bwt", "bwt_entropy", "entropy", "greedy", "reverse", "random")),
            {"order": "given", "given": NAMES[:4]},
            {"leave_out": "auto"},
            {"order": "random", "leave_out": "auto"},
            {"composition": "cumulative", "leave_out": ["sums"]},
            {"composition": "pairs"},
            EXPLICIT,
        ]
    ),
    baselines=st.fixed_dictionaries(
        {
            "joint": st.booleans(),
            "joint_tuned": st.booleans(),
            "joint_probes": st.booleans(),
            "joint_weighted": st.booleans(),
            "joint_budgets": st.sampled_from([[], [0.5, 2]]),
            "merges": st.sampled_from([[], ["ties"]]),
            "interpolate": st.booleans(),
            "orders": st.lists(st.sampled_from(["bwt", "entropy", "reverse"]), max_size=3),
            "compositions": st.lists(st.sampled_from(["sequential", "pairs", "cumulative"]), max_size=2),
            "random_orders": st.integers(0, 2),
        }
    ),
)
@examples(80)
def test_all_names_are_known_before_anything_is_measured(schedule, baselines):
    curriculum = make_curriculum(schedule=schedule, baselines=baselines)
    known = arm_names(curriculum)
    assert set(known) == names(all_arms(curriculum))
    assert len(set(known)) == len(known)
    assert known[0] == main_arm(curriculum)
    roles = {arm.name: arm.role for arm in wanted_arms(curriculum)}
    assert {arm.name: arm.role for arm in all_arms(curriculum)} == roles


@pytest.mark.parametrize("order", ["bwt", "random"])
@pytest.mark.parametrize("composition", ["adaptive", "sequential"])
def test_the_arms_of_adaptive_mixing_have_the_names_and_roles_that_were_decided(order, composition):
    curriculum = make_curriculum(
        schedule={"order": order, "composition": composition, "adaptive": {"rounds": 4, "rule": "slope"}},
        baselines={"adaptive": ["uniform", "slope"], "rehearse": {}},
    )
    m = measured(curriculum)
    rounds = guessed_rounds(curriculum, make_plan(m, curriculum, {}, resamples=100), 0)
    found = (*mixing_arms(curriculum, rounds), *all_arms(curriculum))
    assert {arm.name: arm.role for arm in found} == {arm.name: arm.role for arm in wanted_arms(curriculum)}
    assert arm_names(curriculum)[0] == main_arm(curriculum)


def test_a_run_may_train_pairs_like_a_search():
    """Trainings of their own make the budget of pairs depend on which are pairs, by a step: every arm is made once."""
    curriculum = make_curriculum(
        NAMES[:5],
        stages={"sort": {"steps": 7, "prompts": 3}, "count": {"rollouts": 3}},
        schedule={"composition": "pairs", "replay": 0.2, "lr_decay": 0.9},
    )
    found = {arm.name: arm for arm in all_arms(curriculum)}
    main = found["bwt-pairs"]
    assert [main.role, main.ordering, main.composition] == ["main", "bwt", "pairs"]
    assert [len(stage.mixture) for stage in main.stages] == [2, 4, 5]
    assert main.stages == schedule_of(own_choice(curriculum, main.order), curriculum, "trial").stages
    assert {"bwt-sequential", "random-0-pairs", "entropy-pairs", "joint-half", "bwt-pairs-half"} <= set(found)
    assert found["joint-half"].of == (found["joint"],)
    step = curriculum.training.completions
    assert abs(budget(main) - budget(found["bwt-sequential"])) <= 2 * step
    assert abs(budget(main) - budget(found["joint"])) <= 3 * step


@pytest.mark.parametrize("order", ["bwt", "given"])
def test_an_arm_that_rehearses_replays_and_is_held_to_the_base(order):
    given_order = {"given": list(make_curriculum().domains)} if order == "given" else {}
    curriculum = make_curriculum(
        schedule={"order": order, **given_order}, baselines={"rehearse": {"replay": 0.2, "kl": 0.05}}
    )
    found = {arm.name: arm for arm in all_arms(curriculum)}
    main, arm = found[main_arm(curriculum)], found[f"{main_arm(curriculum)}-rehearsed"]
    assert arm.order == main.order
    assert budget(arm) == budget(main)
    assert [len(stage.mixture) for stage in arm.stages] == list(range(1, len(main.stages) + 1))
    assert all(stage.training.kl == 0.05 and stage.training.kl_to == "base" for stage in arm.stages)
    assert all(
        sum(stage.mixture.values()) - max(stage.mixture.values()) == pytest.approx(0.2) for stage in arm.stages[1:]
    )
    assert set(arm_names(curriculum)) == set(found) - {name for name in found if name.startswith("probe")}
