"""From a choice to stages."""

from __future__ import annotations

from itertools import permutations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.compositions import Ordered
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.compose import compose, schedule_fingerprint, schedule_of
from scheduler.composing.joint import joint, joint_tuned
from scheduler.search.space import choice_of, params_of
from tests.support.properties import examples
from tests.support.scheduler import NAMES, make_curriculum

FOUR = NAMES[:4]
"""sums, sort, spell, stories: the last one is creative."""
STAGES = {"sort": {"steps": 7, "warmup_steps": 3}, "spell": {"steps": 13, "learning_rate": 1e-3}}


def made(curriculum, **changes):
    choice = {"order": FOUR, "lengths": dict.fromkeys(FOUR, 1.0), **changes}
    return schedule_of(Choice(**choice), curriculum, "trial")


@pytest.mark.parametrize("composition", get_args(Ordered))
@pytest.mark.parametrize("changes", [{}, {"stages": STAGES, "schedule": {"replay": 0.3, "lr_decay": 0.7}}])
def test_the_curriculums_own_values_give_the_stages_of_compose(composition, changes):
    curriculum = make_curriculum(FOUR, **changes)
    for order in [*permutations(FOUR), FOUR[:2], FOUR[2:3]]:
        found = schedule_of(own_choice(curriculum, order, composition), curriculum, "trial", "Why.")
        assert found == compose(order, composition, curriculum, name="trial", role="trial", origin="Why.")


def test_joint_without_decay_is_plain_joint_training_in_one_stage():
    curriculum = make_curriculum(FOUR, stages=STAGES)
    like = compose(FOUR, "sequential", curriculum, name="", role="order")
    plain = joint(curriculum, like, "trial", "")
    for order in permutations(FOUR):
        assert made(curriculum, order=order, composition="joint").stages == plain.stages
    assert made(curriculum, composition="joint", lengths=dict.fromkeys(FOUR, 3.0)).stages == plain.stages


@given(
    prompts=st.lists(st.integers(1, 9), min_size=4, max_size=4),
    rollouts=st.lists(st.integers(2, 9), min_size=4, max_size=4),
    sft=st.sets(st.sampled_from(FOUR)),
    either=st.booleans(),
    own=st.sampled_from(["grpo", "sft"]),
)
@examples(60)
def test_a_searchs_joint_training_is_a_runs_whatever_domains_override(prompts, rollouts, sft, either, own):
    """By each method its own domains, with their prompts and rollouts: also where no domain has the curriculum's."""
    stages = {
        name: {"prompts": p, "rollouts": r, "method": "sft" if name in sft else "grpo"}
        for name, p, r in zip(FOUR, prompts, rollouts, strict=True)
    }
    methods = {name: ["grpo", "sft"] for name in FOUR} if either else {}
    training = {"steps": 10, "prompts": 4, "rollouts": 4, "method": own}
    curriculum = make_curriculum(FOUR, stages=stages, training=training, search={"methods": methods})
    like = compose(FOUR, "sequential", curriculum, name="", role="order")
    plain = joint(curriculum, like, "trial", "")
    choice = own_choice(curriculum, FOUR, "joint")
    assert schedule_of(choice, curriculum, "trial").stages == plain.stages
    near = choice_of(params_of(choice, curriculum), curriculum)
    assert schedule_of(near, curriculum, "trial").stages == plain.stages


def test_joint_with_decay_has_the_stages_of_the_tuned_baseline():
    curriculum = make_curriculum(FOUR, schedule={"lr_decay": 0.5})
    tuned = joint_tuned(curriculum, compose(FOUR, "sequential", curriculum, name="", role="order"), (), "")
    assert made(curriculum, composition="joint", lr_decay=0.5).stages == tuned.stages


def test_joint_shares_are_by_length_and_without_what_is_left_out():
    lengths = {"sums": 1.0, "sort": 2.0, "spell": 0.0, "stories": 1.0}
    (stage,) = made(make_curriculum(FOUR), composition="joint", lengths=lengths).stages
    assert stage.mixture == pytest.approx({"sums": 0.25, "sort": 0.5, "stories": 0.25})
    assert stage.training.steps == 40


CHOICES = st.fixed_dictionaries(
    {
        "order": st.permutations(FOUR).map(tuple),
        "composition": st.sampled_from(["sequential", "cumulative", "joint"]),
        "lengths": st.fixed_dictionaries({name: st.sampled_from([0.0, 0.5, 1.0, 2.5]) for name in FOUR}),
        "lr_scale": st.sampled_from([0.5, 1.0]),
        "lr_decay": st.sampled_from([0.6, 1.0]),
        "replay": st.sampled_from([0.0, 0.3]),
        "refresh": st.sampled_from([0.0, 0.05, 0.2]),
        "repeats": st.integers(1, 3),
        "methods": st.dictionaries(st.sampled_from(FOUR), st.sampled_from(["sft", "grpo"])),
        "sft_rate": st.sampled_from([1.0, 3.0]),
        "sft_first": st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    }
).filter(lambda choice: any(choice["lengths"].values()))


@given(choice=CHOICES)
@examples(150)
def test_steps_are_conserved_and_stages_are_as_many_as_chosen(choice):
    curriculum = make_curriculum(FOUR, stages={"sort": {"steps": 7, "warmup_steps": 3}})
    schedule = schedule_of(Choice(**choice), curriculum, "trial")
    trained = [name for name in choice["order"] if choice["lengths"][name]]
    assert schedule.steps == 37
    # The budget is completions: who is trained by another method sees as many.
    assert sum(stage.rollout_budget for stage in schedule.stages) == 37 * 16
    assert {name for stage in schedule.stages for name in stage.mixture} == set(trained)
    for k, stage in enumerate(schedule.stages):
        assert stage.training.warmup_steps < stage.training.steps
        factor = choice["sft_rate"] if stage.training.method == "sft" else 1.0
        assert stage.training.learning_rate == pytest.approx(
            2e-4 * choice["lr_scale"] * choice["lr_decay"] ** k * factor
        )
    if choice["composition"] != "joint":
        assert len(schedule.stages) == len(trained) * choice["repeats"] + bool(choice["refresh"])
        assert sorted(schedule.order) == sorted(trained)


def test_steps_of_a_domain_do_not_depend_on_the_order():
    curriculum = make_curriculum(FOUR[:3], training={"steps": 7, "prompts": 4})
    lengths = {"sums": 1.0, "sort": 2.0, "spell": 1.0}
    found = set()
    for order in permutations(lengths):
        stages = made(curriculum, order=order, lengths=lengths).stages
        found.add(tuple(sorted((stage.label, stage.training.steps) for stage in stages)))
    assert len(found) == 1


def test_a_repeated_order_replays_all_others_from_the_second_round_on():
    stages = made(make_curriculum(FOUR), repeats=2, replay=0.3).stages
    assert [stage.training.steps for stage in stages] == [5] * 8
    assert stages[0].mixture == {"sums": 1.0}
    assert stages[4].mixture == pytest.approx({"sums": 0.7, "sort": 0.1, "spell": 0.1, "stories": 0.1})


def test_refresh_is_a_last_even_stage_over_what_was_trained():
    lengths = {"sums": 1.0, "sort": 0.0, "spell": 1.0, "stories": 1.0}
    *_, last = made(make_curriculum(FOUR), lengths=lengths, refresh=0.1, lr_decay=0.5).stages
    assert last.mixture == pytest.approx({"sums": 1 / 3, "spell": 1 / 3, "stories": 1 / 3})
    assert last.training.steps == 4
    assert last.training.learning_rate == pytest.approx(2e-4 * 0.5**3)


@pytest.mark.parametrize(
    ("share", "decay", "expected"),
    [
        (0.0, 1.0, [("grpo", 40)]),
        (0.25, 1.0, [("sft", 10), ("grpo", 30)]),
        (1.0, 1.0, [("sft", 40)]),
        (0.5, 0.5, [("sft", 10), ("sft", 10), ("grpo", 10), ("grpo", 10)]),
    ],
)
def test_joint_training_may_imitate_first_and_reinforce_then(share, decay, expected):
    stages = made(make_curriculum(FOUR), composition="joint", sft_first=share, lr_decay=decay).stages
    assert [(stage.training.method, stage.training.steps) for stage in stages] == expected
    assert {stage.rollout_budget for stage in stages} == {16 * steps for _, steps in expected}


def test_methods_replace_those_of_their_domains_only():
    stages = made(make_curriculum(FOUR), methods={"sort": "sft", "sums": "grpo"}).stages
    assert [stage.training.method for stage in stages] == ["grpo", "sft", "grpo", "grpo"]


def test_more_stages_than_steps_are_refused():
    with pytest.raises(ValueError, match="40 steps cannot be divided into 4 parts of at least 11"):
        made(make_curriculum(FOUR), repeats=11)
    with pytest.raises(ValueError, match="stages"):
        made(make_curriculum(FOUR, training={"steps": 1, "prompts": 8, "rollouts": 2}, stages={
            name: {"prompts": 2} for name in FOUR
        }), composition="joint", lr_decay=0.5)  # fmt: skip


def test_the_fingerprint_is_of_the_stages_alone():
    curriculum = make_curriculum(FOUR)
    one, other = (schedule_of(own_choice(curriculum, FOUR, "joint"), curriculum, name) for name in "ab")
    assert schedule_fingerprint(one) == schedule_fingerprint(other)
    assert schedule_fingerprint(one) != schedule_fingerprint(made(curriculum))
