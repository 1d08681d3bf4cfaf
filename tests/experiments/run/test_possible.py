"""Whatever a run or a search trains, its lengths were checked before: the very schedules against what was foreseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import product

import optuna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from curricula.checks import check
from curricula.schema import Curriculum
from curricula.search_checks import searched_domains
from curricula.searchable import searchable
from curricula.stage import Stage
from domains.errors import CurriculumError
from experiments.run.estimating.estimate import drawn_schedules
from experiments.run.fit import longest_completions
from scheduler.composing.compose import stages_of
from scheduler.composing.compositions.table import check_composed
from scheduler.search.space import joint_space, suggest
from tests.support.properties import examples
from tests.support.scheduler import make_curriculum

ALONE = {
    "joint": False,
    "joint_tuned": False,
    "joint_probes": False,
    "joint_weighted": False,
    "joint_budgets": [],
    "compositions": [],
}
NOTHING = ALONE | {"orders": [], "random_orders": 0, "merges": [], "interpolate": False}
MORE = [{}, {"replay": 0.1}, {"leave_out": "auto"}, {"leave_out": "auto", "replay": 0.1, "order": "random"}]
LONG = {"a": 12, "b": 70, "c": 14, "d": 9}


def curriculum_of(**changes) -> Curriculum:
    """Domains whose completions have different lengths."""
    plain = make_curriculum(list(LONG), **changes)
    domains = {name: spec.model_copy(update={"max_tokens": LONG[name]}) for name, spec in plain.domains.items()}
    return plain.model_copy(update={"domains": domains})


TRAINING = {
    method: {"method": method, "steps": 20, "prompts": 4, **({"rollouts": 4} if method == "grpo" else {})}
    for method in ("sft", "grpo")
}
KINDS_SEARCHED = ["joint", "sequential", "pairs", "cumulative", "adaptive"]


def is_sound(curriculum: Curriculum) -> bool:
    """Whether no check refuses it."""
    try:
        check_composed(curriculum)
    except CurriculumError:
        return False
    return not check(curriculum)


def sound(**changes) -> Curriculum:
    curriculum = curriculum_of(**changes)
    assume(is_sound(curriculum))
    return curriculum


def checked_too_short(curriculum: Curriculum, stages: Iterable[Stage]) -> list[tuple[str, int, int]]:
    """Domain, tokens of a completion that is trained, and the most that were checked, where these are fewer."""
    checked = longest_completions(curriculum)
    return [
        (name, longest, checked[name])
        for stage in stages
        if stage.training.method == "grpo" and (longest := stage.longest_rollout(curriculum.domains))
        for name in stage.mixture
        if longest > checked[name]
    ]


def trained(curriculum: Curriculum, draw: int) -> Iterator[Stage]:
    """The stages of a run, by random measurements."""
    for schedule in drawn_schedules(curriculum, draw):
        yield from schedule.stages


def proposed(searched: Curriculum, draw: int) -> Iterator[Stage]:
    """The stages of trials that a search draws."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=draw))
    for _ in range(8):
        choice = suggest(study.ask(), searched, searched_domains(searched))
        with suppress(ValueError):
            yield from stages_of(choice, searched)


METHODS = st.sampled_from(["sft", "grpo"])
OWN = st.fixed_dictionaries(
    {},
    optional={"method": METHODS, "max_tokens": st.sampled_from([5, 80]), "steps": st.just(20)},
)
SCHEDULES = st.fixed_dictionaries(
    {"order": st.sampled_from(["bwt", "entropy", "random"])},
    optional={
        "composition": st.sampled_from(["sequential", "pairs", "cumulative", "adaptive"]),
        "leave_out": st.sampled_from(["auto", ("b",), ("c",)]),
        "replay": st.just(0.1),
        "probing": st.fixed_dictionaries(
            {}, optional={"joint": st.just(True), "groups": st.sampled_from([{"g": ["a", "b"]}, {"g": ["d", "c"]}])}
        ),
    },
)
EXPLICIT = st.just({"composition": "explicit", "stages": [{"mixture": {"a": 1}}, {"mixture": {"b": 1, "c": 1}}]})
BASELINES = st.fixed_dictionaries(
    {},
    optional={
        "joint_tuned": st.just(True),
        "joint_probes": st.just(True),
        "joint_weighted": st.just(True),
        "joint_budgets": st.just([2]),
        "orders": st.lists(st.sampled_from(["bwt", "greedy"]), max_size=1),
        "compositions": st.lists(st.sampled_from(["sequential", "pairs", "cumulative"]), max_size=1),
        "adaptive": st.just(["slope"]),
        "advised": st.just(True),
        "rehearse": st.just({}),
        "random_orders": st.integers(0, 1),
    },
)
SEARCHES = st.fixed_dictionaries(
    {"compositions": st.lists(st.sampled_from(KINDS_SEARCHED), min_size=1, max_size=2, unique=True)},
    optional={
        "opening": st.sampled_from([[0], [0.2]]),
        "refresh": st.sampled_from([[0], [0.1]]),
        "repair": st.sampled_from([[0, 0.1], [0.1]]),
        "drop": st.just([0, 0.2]),
        "replay": st.just([0.0, 0.2]),
        "leave_out": st.just(["b"]),
        "methods": st.sampled_from([{"a": ["sft", "grpo"]}, {name: ["sft", "grpo"] for name in LONG}]),
    },
)


@pytest.mark.slow
@given(
    schedule=SCHEDULES | EXPLICIT,
    baselines=BASELINES,
    stages=st.dictionaries(st.sampled_from(list(LONG)), OWN),
    method=METHODS,
    draw=st.integers(0, 5),
)
@examples(150)
def test_no_schedule_of_a_run_has_longer_completions_than_were_checked(schedule, baselines, stages, method, draw):
    curriculum = sound(schedule=schedule, baselines=ALONE | baselines, stages=stages, training=TRAINING[method])
    assert not checked_too_short(curriculum, trained(curriculum, draw))


@pytest.mark.slow
@given(
    search=SEARCHES,
    stages=st.dictionaries(st.sampled_from(list(LONG)), OWN),
    method=METHODS,
    joint=st.booleans(),
    draw=st.integers(0, 5),
)
@examples(100)
def test_no_trial_of_a_search_has_longer_completions_than_were_checked(search, stages, method, joint, draw):
    curriculum = sound(search=search, baselines=ALONE, stages=stages, training=TRAINING[method])
    searched = joint_space(searchable(curriculum)) if joint else searchable(curriculum)
    assert not checked_too_short(curriculum, proposed(searched, draw))


MIXED = {"composition": "explicit", "stages": [{"mixture": {"a": 1}}, {"mixture": {"b": 1, "c": 1}}]}
ONE_SCHEDULE = [
    *({"composition": way, **more} for way in ("sequential", "pairs", "cumulative", "adaptive") for more in MORE),
    {"order": "given", "given": ["a", "b", "d"], "composition": "pairs"},
    {"probing": {"joint": True}},
    {"probing": {"groups": {"g": ["a", "b"]}}},
    MIXED,
]
ONE_BASELINE = [
    *({key: True} for key in ("joint", "joint_tuned", "joint_probes", "joint_weighted")),
    {"joint_budgets": [2]},
    {"compositions": ["cumulative"]},
    {"compositions": ["pairs"]},
    {"adaptive": ["slope"]},
    {"advised": True},
    {"rehearse": {}},
    {"orders": ["greedy"]},
]
OWN_STAGES = [
    ("grpo", {"a": {"max_tokens": 80}, "c": {"max_tokens": 5}}),
    ("sft", {"a": {"method": "grpo", "max_tokens": 80, "steps": 10}, "c": {"method": "grpo"}}),
    ("sft", {"d": {"method": "grpo", "max_tokens": 80, "steps": 10}, "a": {"method": "grpo", "steps": 30}}),
]
"""By SFT alone there are no completions."""
ONE_FREEDOM = [
    {},
    {"opening": [0.2]},
    {"refresh": [0.1]},
    {"repair": [0.1]},
    {"repair": [0, 0.1], "leave_out": ["a", "b"]},
    {"drop": [0.2]},
    {"replay": [0.0, 0.2]},
    {"leave_out": ["a", "b"]},
    {"methods": {"a": ["sft", "grpo"]}},
    {"methods": {name: ["sft", "grpo"] for name in LONG}},
]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "stages"), OWN_STAGES)
def test_each_kind_of_schedule_by_itself_is_checked(method, stages):
    """Nothing beside it whose check could stand in for its own."""
    one = [*((schedule, {}) for schedule in ONE_SCHEDULE), *(({}, baseline) for baseline in ONE_BASELINE)]
    tried = 0
    for schedule, baselines in one:
        said = {"schedule": schedule, "baselines": NOTHING | baselines, "stages": stages, "training": TRAINING[method]}
        if is_sound(curriculum := curriculum_of(**said)):
            tried += 1
            for draw in range(8 if "advised" in baselines else 3):
                assert not checked_too_short(curriculum, trained(curriculum, draw)), (schedule, baselines)
    assert tried > len(one) / 2


@pytest.mark.slow
@pytest.mark.parametrize(("method", "stages"), OWN_STAGES)
def test_each_kind_of_trial_by_itself_is_checked(method, stages):
    tried = 0
    for way, freedom in product(KINDS_SEARCHED, ONE_FREEDOM):
        search = {"compositions": [way], "opening": [0], "refresh": [0], **freedom}
        said = {"search": search, "baselines": NOTHING, "stages": stages, "training": TRAINING[method]}
        if is_sound(curriculum := curriculum_of(schedule={"order": "random"}, **said)):
            tried += 1
            for searched in (curriculum, joint_space(curriculum)):
                assert not checked_too_short(curriculum, proposed(searched, 0)), search
    assert tried > 15


@pytest.mark.parametrize(
    ("probing", "longest"),
    [
        ({}, {"a": 12, "b": 70, "c": 14, "d": 9}),
        ({"groups": {"g": ["a", "b"]}}, {"a": 70, "b": 70, "c": 14, "d": 9}),
        ({"joint": True}, dict.fromkeys(LONG, 70)),
    ],
)
def test_a_probe_that_mixes_domains_is_checked_and_no_more(probing, longest):
    assert longest_completions(curriculum_of(schedule={"probing": probing}, baselines=ALONE)) == longest


def test_an_order_that_is_known_is_checked_as_it_is():
    """Creative domains come last in a cumulative schedule, and the first of an order is never mixed before its end."""
    off = ALONE | {"orders": [], "random_orders": 0}
    schedule = {"order": "given", "given": ["c", "b"], "composition": "pairs"}
    assert longest_completions(curriculum_of(schedule=schedule, baselines=off)) == LONG | {"c": 70}


def test_a_domain_that_a_search_may_reinforce_is_checked_by_its_own_training():
    said = {"a": {"method": "sft", "max_tokens": 80}}
    search = {"compositions": ["sequential"], "refresh": [0], "opening": [0]}
    imitated, either = (
        curriculum_of(stages=said, search=search | more, baselines=ALONE)
        for more in ({}, {"methods": {"a": ["sft", "grpo"]}})
    )
    assert longest_completions(imitated)["a"] < longest_completions(either)["a"] == 80
