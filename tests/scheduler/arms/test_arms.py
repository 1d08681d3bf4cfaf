"""Which schedules a curriculum runs, under which names, at which budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.size_checks import stage_runs
from experiments.run.estimating.estimate import drawn_schedules
from scheduler.arms import BASE_ARM, arm_names, fixed_arms, main_arm
from scheduler.composing.joint import budget
from scheduler.composing.merges import ways_back
from scheduler.probing.probes import first_probes, needs_probes, probe_schedules
from tests.support.arms import EXPLICIT, NO_BASELINE_ORDERS, all_arms, names
from tests.support.properties import examples
from tests.support.scheduler import DOMAIN_NAMES, NAMES, make_curriculum


def test_the_default_curriculum_has_all_arms():
    curriculum = make_curriculum()
    assert main_arm(curriculum) == "bwt-sequential"
    assert names(all_arms(curriculum)) == {
        "bwt-sequential",
        "bwt-cumulative",
        "entropy-sequential",
        "greedy-sequential",
        "reverse-sequential",
        "random-0-sequential",
        "random-1-sequential",
        "joint",
        "joint-tuned",
        "joint-probes",
        "joint-x0.5",
        "joint-weighted",
        "merge-linear",
        "merge-ties",
        "merge-dare",
        "bwt-sequential-half",
        "joint-half",
    }


@pytest.mark.parametrize("more", [{"dora": True}, {"modules_to_save": ["norm"]}])
def test_adapters_that_cannot_be_merged_are_not(more):
    model = {"type": "pretrained", "id": "x", "lora": more}
    curriculum = make_curriculum(model=model)
    found = names(all_arms(curriculum))
    assert found == set(arm_names(curriculum))
    assert not [name for name in found if name.startswith("merge") or name.endswith("half")]


def test_what_an_arm_is_stands_in_its_fields():
    arms = all_arms(make_curriculum())
    assert {arm.name: (arm.role, arm.ordering, arm.probes) for arm in arms} == {
        "bwt-sequential": ("main", "bwt", "first"),
        "bwt-cumulative": ("composition", "bwt", "first"),
        "entropy-sequential": ("order", "entropy", "first"),
        "greedy-sequential": ("order", "greedy", "first"),
        "reverse-sequential": ("order", "reverse", "first"),
        "random-0-sequential": ("random", "random", "none"),
        "random-1-sequential": ("random", "random", "none"),
        "joint": ("joint", None, "none"),
        "joint-tuned": ("joint", None, "none"),
        "joint-probes": ("joint", None, "none"),
        "joint-x0.5": ("joint", None, "none"),
        "joint-weighted": ("joint", None, "first"),
        **dict.fromkeys(
            ["merge-linear", "merge-ties", "merge-dare", "bwt-sequential-half", "joint-half"], ("merge", None, "none")
        ),
    }
    assert {probe.role for probe in probe_schedules(make_curriculum())} == {"probe"}


@pytest.mark.parametrize(
    ("schedule", "owed"),
    [
        ({"order": "given", "given": NAMES[:4], "leave_out": "auto"}, "first"),
        ({"order": "random", "leave_out": "auto"}, "first"),
        ({"leave_out": "auto"}, "first"),
        ({"order": "given", "given": NAMES[:4]}, "none"),
        ({"order": "random"}, "none"),
        (EXPLICIT | {"leave_out": "auto"}, "none"),
    ],
)
def test_whatever_leaves_out_by_the_probes_rests_on_them(schedule, owed):
    arms = {arm.name: arm for arm in all_arms(make_curriculum(schedule=schedule))}
    main = arms[main_arm(make_curriculum(schedule=schedule))]
    assert (main.probes, arms["joint-tuned"].probes, arms["joint"].probes) == (owed, owed, "none")
    assert {arm.probes for arm in arms.values() if arm.role in ("composition", "random")} <= {owed}


def test_what_needs_no_measurement_is_known_before():
    arms = fixed_arms(make_curriculum())
    assert names(arms) == {"random-0-sequential", "random-1-sequential", "joint", "joint-x0.5", "joint-probes"}


def test_probes_are_the_first_stages_of_sequential_schedules():
    curriculum = make_curriculum(schedule={"lr_decay": 0.7, "replay": 0.2}, stages={"sort": {"steps": 3}})
    first = {arm.order[0]: arm.stages[0] for arm in all_arms(curriculum) if arm.composition == "sequential"}
    probes = {probe.order[0]: probe.stages for probe in probe_schedules(curriculum)}
    assert list(probes) == list(curriculum.domains)
    assert first
    for name, stage in first.items():
        assert probes[name] == (stage,)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"schedule": {"order": "given", "given": NAMES[:4]}}, True),
        ({"schedule": {"order": "given", "given": NAMES[:4]}} | NO_BASELINE_ORDERS, False),
        ({"schedule": {"order": "random"}} | NO_BASELINE_ORDERS, False),
        ({"schedule": {"order": "random", "leave_out": "auto"}} | NO_BASELINE_ORDERS, True),
        ({"schedule": {"order": "entropy"}} | NO_BASELINE_ORDERS, True),
        ({"schedule": EXPLICIT}, False),
    ],
)
def test_who_needs_probes(changes, expected):
    curriculum = make_curriculum(**changes)
    assert needs_probes(curriculum) is expected
    assert main_arm(curriculum) in names(all_arms(curriculum))
    assert ("joint-probes" in names(all_arms(curriculum))) is expected


def test_a_random_schedule_is_number_zero_and_the_baselines_follow():
    curriculum = make_curriculum(schedule={"order": "random"}, **NO_BASELINE_ORDERS)
    assert main_arm(curriculum) == "random-0-sequential"
    arms = {arm.name: arm for arm in fixed_arms(curriculum)}
    orders = {arms[f"random-{k}-sequential"].order for k in range(3)}
    assert len(orders) == 3
    assert arms["random-0-cumulative"].composition == "cumulative"


def test_explicit_stages_are_compared_with_joint_training_only():
    curriculum = make_curriculum(schedule=EXPLICIT)
    arms = {arm.name: arm for arm in fixed_arms(curriculum)}
    assert set(arms) == {"explicit", "joint", "joint-tuned", "joint-x0.5", "explicit-half", "joint-half"}
    assert set(arms["joint"].stages[0].mixture) == {"sums", "sort"}
    assert set(arms["joint-tuned"].stages[0].mixture) == {"sums", "sort"}
    assert len({budget(arms[name]) for name in ("explicit", "joint", "joint-tuned")}) == 1


@pytest.mark.parametrize(
    "schedule", [{}, {"order": "random"}, {"leave_out": "auto"}, {"composition": "cumulative"}, EXPLICIT]
)
def test_no_more_stage_runs_are_made_than_the_check_of_sizes_counts(schedule):
    curriculum = make_curriculum(schedule=schedule)
    probes = probe_schedules(curriculum) if needs_probes(curriculum) else ()
    assert sum(len(arm.stages) for arm in (*all_arms(curriculum), *probes)) <= stage_runs(curriculum)


@given(domains=st.lists(DOMAIN_NAMES, unique=True, min_size=3, max_size=6), group=DOMAIN_NAMES, data=st.data())
@examples(40)
def test_no_two_schedules_have_one_name_whatever_the_domains_are_called(domains, group, data):
    """Also where two domains are probed together, and all of them once more."""
    schedule = {"order": data.draw(st.sampled_from(["bwt", "given", "random"])), "leave_out": "none"}
    if schedule["order"] == "given":
        schedule["given"] = domains
    schedule["probing"] = {"joint": True, "groups": {group: domains[:2]} if group not in domains else {}}
    baselines = {"orders": ["bwt", "reverse", "bwt"], "joint_budgets": [0.5, 2, 0.3333333, 0.33333334]}
    evaluation = {"way_back": [0.5, 0.3333333, 0.33333334]}
    curriculum = make_curriculum(domains, schedule=schedule, baselines=baselines, evaluation=evaluation)
    found = drawn_schedules(curriculum, 0)
    every = [BASE_ARM, *found, *ways_back(curriculum, found, main_arm(curriculum))]
    assert {"probe", "joint", "main"} <= {one.role for one in every}
    assert len(names(every)) == len(every)


@pytest.mark.parametrize("groups", [{}, {"joint": ["a", "b"]}])
def test_the_probe_of_a_domain_or_group_called_joint_is_not_the_joint_probe(groups):
    called = ["a", "b", "c"] if groups else ["a", "b", "joint"]
    curriculum = make_curriculum(called, schedule={"probing": {"joint": True, "groups": groups}})
    probes = first_probes(curriculum)
    assert names(probes) >= {"probe-joint", "probe+joint"}
    assert len(names(probes)) == len(probes)


HARMFUL = np.array([[0.3, 0, 0, 0], [0, 0.3, 0, 0], [0, 0, 0.3, 0], [-0.2, -0.2, -0.2, -0.1]])


@given(
    order=st.sampled_from(["bwt", "entropy", "greedy", "reverse", "random"]),
    composition=st.sampled_from(["sequential", "cumulative"]),
    leave_out=st.sampled_from(["none", "auto", ("sums",)]),
    steps=st.lists(st.integers(1, 30), min_size=4, max_size=4),
    decay=st.sampled_from([1.0, 0.5]),
)
@examples(30)
def test_all_arms_but_joint_probes_have_the_schedules_budget(order, composition, leave_out, steps, decay):
    curriculum = make_curriculum(
        schedule={"order": order, "composition": composition, "leave_out": leave_out, "lr_decay": decay},
        stages={name: {"steps": count} for name, count in zip(NAMES[:4], steps, strict=True)},
    )
    arms = all_arms(curriculum, HARMFUL)
    assert len(names(arms)) == len(arms)
    main = next(arm for arm in arms if arm.name == main_arm(curriculum))
    probes = sum(budget(probe) for probe in probe_schedules(curriculum))
    for arm in arms:
        if arm.role == "merge":
            continue
        whole = {"joint-probes": budget(main) + probes, "joint-x0.5": budget(main) / 2}.get(arm.name, budget(main))
        assert whole <= budget(arm) < whole + 16, arm.name
        if arm.order:
            assert set(arm.order) == set(main.order), arm.name


def test_auto_leaves_the_harmful_domain_out_of_every_arm_but_plain_joint():
    arms = all_arms(make_curriculum(schedule={"leave_out": "auto"}), HARMFUL)
    trained = {arm.name: {name for stage in arm.stages for name in stage.mixture} for arm in arms}
    with_harm = {name for name, domains in trained.items() if "stories" in domains}
    assert with_harm == {"joint", "joint-probes", "joint-x0.5", "joint-weighted"}
