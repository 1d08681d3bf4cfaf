"""From a choice to stages."""

from __future__ import annotations

from itertools import permutations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.compositions import Ordered
from experiments.nodes.tree import reading_chains
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.compose import compose, schedule_fingerprint, schedule_of
from scheduler.composing.joint import joint, joint_tuned
from scheduler.search.space import choice_of, params_of
from tests.support.properties import examples
from tests.support.records import setup_of
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
        "composition": st.sampled_from(["sequential", "pairs", "cumulative", "joint"]),
        "lengths": st.fixed_dictionaries({name: st.sampled_from([0.0, 0.5, 1.0, 2.5]) for name in FOUR}),
        "lr_scale": st.sampled_from([0.5, 1.0]),
        "lr_decay": st.sampled_from([0.6, 1.0]),
        "replay": st.sampled_from([0.0, 0.3]),
        "refresh": st.sampled_from([0.0, 0.05, 0.2]),
        "repair": st.sampled_from([0.0, 0.05, 0.2]),
        "repaired": st.none() | st.sampled_from(FOUR),
        "drop": st.sampled_from([0.0, 0.1, 0.4]),
        "dropped": st.none() | st.sampled_from(FOUR),
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
    repaired = bool(choice["repair"]) and choice["repaired"] in trained
    if repaired:
        assert schedule.stages[-1].mixture == {choice["repaired"]: 1.0}
        assert schedule.stages[-1].training.steps == max(1, round(choice["repair"] * 37))
    if choice["composition"] != "joint":
        parts = -(-len(trained) // 2) if choice["composition"] == "pairs" else len(trained)
        assert len(schedule.stages) == parts * choice["repeats"] + bool(choice["refresh"]) + repaired
        assert sorted(schedule.order) == sorted(trained)
    elif choice["lr_decay"] < 1:
        assert len(schedule.stages) == len(trained) + repaired


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


@pytest.mark.parametrize("composition", [*get_args(Ordered), "joint"])
def test_repair_is_a_last_stage_on_one_domain_by_its_own_training(composition):
    curriculum = make_curriculum(FOUR, stages={"sort": {"learning_rate": 1e-3}})
    plain = made(curriculum, composition=composition)
    repaired = made(curriculum, composition=composition, repair=0.1, repaired="sort")
    *before, last = repaired.stages
    assert last.mixture == {"sort": 1.0}
    assert (last.training.steps, last.training.learning_rate) == (4, 1e-3)
    assert [stage.mixture for stage in before] == [stage.mixture for stage in plain.stages]
    assert repaired.steps == plain.steps == 40
    lengths = dict.fromkeys(FOUR, 1.0) | {"sort": 0.0}
    nobody = made(curriculum, composition=composition, repair=0.1, repaired="sort", lengths=lengths)
    assert nobody.stages == made(curriculum, composition=composition, lengths=lengths).stages


@examples(40)
@given(
    st.sampled_from([*get_args(Ordered), "joint"]),
    st.sampled_from(FOUR),
    st.sampled_from([0.1, 0.3, 0.5]),
    st.fixed_dictionaries({name: st.sampled_from([1, 4, 16]) for name in FOUR}),
)
def test_repair_spends_its_share_of_the_completions_whatever_a_step_of_its_domain_has(way, name, share, prompts):
    """But for whole steps; all before it is the same whoever is repaired."""
    stages = {one: {"prompts": count, "steps": 320 // count} for one, count in prompts.items()}
    curriculum = make_curriculum(FOUR, stages=stages)
    last = made(curriculum, composition=way, repair=share, repaired=name).stages[-1]
    assert abs(last.rollout_budget - share * 4 * 320 * 4) <= 16 * 4
    others = [made(curriculum, composition=way, repair=share, repaired=one).stages[:-1] for one in FOUR]
    assert all(one == others[0] for one in others)


def test_a_decaying_rate_cuts_joint_training_into_no_more_stages_than_it_has_steps():
    """Repair leaves two steps to three domains by SFT; the small steps of four domains make one of the curriculum's."""
    few = {name: {"steps": 1, "method": "sft"} for name in FOUR[:3]}
    curriculum = make_curriculum(FOUR, stages=few | {FOUR[3]: {"steps": 20}})
    stages = made(curriculum, composition="joint", lr_decay=0.5, repair=0.5, repaired=FOUR[3]).stages
    assert [(one.training.method, one.training.steps, len(one.mixture)) for one in stages] == [
        ("sft", 1, 3),
        ("sft", 1, 3),
        ("grpo", 11, 1),
        ("grpo", 10, 1),
    ]
    assert [one.training.learning_rate for one in stages] == pytest.approx([2e-4 * 0.5**k for k in range(4)])
    small = {"training": {"steps": 1, "prompts": 8, "rollouts": 2}, "stages": {name: {"prompts": 2} for name in FOUR}}
    (only,) = made(make_curriculum(FOUR, **small), composition="joint", lr_decay=0.5).stages
    assert (only.training.steps, len(only.mixture)) == (1, 4)


def test_the_domain_that_is_repaired_is_trained_by_the_method_that_was_chosen_for_it():
    curriculum = make_curriculum(FOUR)
    repair = {"repair": 0.1, "repaired": "sort", "methods": {"sort": "sft"}, "sft_rate": 3.0}
    last = made(curriculum, **repair).stages[-1]
    assert (last.training.method, last.training.learning_rate) == ("sft", pytest.approx(6e-4))
    assert last.rollout_budget == 4 * 16


def test_a_domain_may_be_dropped_before_the_end_and_repaired_thereafter():
    choice = {"composition": "joint", "drop": 0.25, "dropped": "sums"}
    stages = made(make_curriculum(FOUR), **choice).stages
    assert [stage.training.steps for stage in stages] == [30, 10]
    assert stages[0].mixture == dict.fromkeys(FOUR, 0.25)
    assert stages[1].mixture == pytest.approx(dict.fromkeys(FOUR[1:], 1 / 3))
    stages = made(make_curriculum(FOUR), **choice, repair=0.1, repaired="sort").stages
    assert [(stage.training.steps, len(stage.mixture)) for stage in stages] == [(27, 4), (9, 3), (4, 1)]
    stages = made(make_curriculum(FOUR), **choice, sft_first=0.5).stages
    assert [(s.training.method, s.training.steps, len(s.mixture)) for s in stages] == [
        ("sft", 20, 4),
        ("grpo", 10, 4),
        ("grpo", 10, 3),
    ]
    stages = made(make_curriculum(FOUR), **choice, lr_decay=0.5).stages
    assert [(stage.training.steps, len(stage.mixture)) for stage in stages] == [(10, 4)] * 3 + [(10, 3)]


def test_where_domains_have_several_methods_one_is_dropped_from_the_stage_of_its_own():
    curriculum = make_curriculum(FOUR, stages={name: {"method": "sft"} for name in ("sums", "sort", "spell")})
    whole = made(curriculum, composition="joint")
    dropped = made(curriculum, composition="joint", drop=0.2, dropped="sort")
    assert dropped.steps == whole.steps
    assert [(stage.training.method, sorted(stage.mixture)) for stage in dropped.stages] == [
        ("sft", ["sort", "spell", "sums"]),
        ("sft", ["spell", "sums"]),
        ("grpo", ["stories"]),
    ]
    # Nobody could take its share.
    assert made(curriculum, composition="joint", drop=0.2, dropped="stories").stages == whole.stages


@pytest.mark.parametrize("rate", ["per_stage", "whole", "trunk"])
def test_what_comes_before_a_drop_or_a_repair_is_one_checkpoint_whoever_it_is_for(rate):
    """So going back to it costs only the rest. By the ids of nodes."""
    curriculum = make_curriculum(FOUR, schedule={"rate": rate})
    setup = setup_of(curriculum)
    for share, name in (("drop", "dropped"), ("repair", "repaired")):
        choices = [own_choice(curriculum, FOUR, "joint").model_copy(update={share: 0.25, name: one}) for one in FOUR]
        chains = [reading_chains(setup, schedule_of(choice, curriculum, ""), 0)[-1] for choice in choices]
        ids = [[node.id for node in chain] for chain in chains]
        shared = 2 if rate == "trunk" else 1
        assert len({tuple(one[: shared + 1]) for one in ids}) == 1, "the base model and all that comes before"
        assert len({one[-1] for one in ids}) == len(FOUR)


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


def test_the_fingerprint_is_of_the_stages_alone():
    curriculum = make_curriculum(FOUR)
    one, other = (schedule_of(own_choice(curriculum, FOUR, "joint"), curriculum, name) for name in "ab")
    assert schedule_fingerprint(one) == schedule_fingerprint(other)
    assert schedule_fingerprint(one) != schedule_fingerprint(made(curriculum))
