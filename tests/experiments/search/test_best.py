"""best.yaml trains the very same nodes as the schedule it was made from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.dump import dump_yaml
from curricula.loader import load_curriculum
from curricula.schema import ComparisonSpec, Curriculum, Pair
from curricula.stage import Schedule, Stage, Training
from curricula.training_override import TrainingOverride
from curricula.yaml_core import parse
from experiments.analysis.comparing.primary import check_primary
from experiments.nodes.tree import chain
from experiments.search.analysis.best import _override, best_curriculum, best_yaml
from scheduler.arms import fixed_arms, main_arm
from scheduler.composing.choice import own_choice
from scheduler.composing.compose import compose, schedule_of
from scheduler.composing.rate_path import readings
from tests.support.paths import ROOT
from tests.support.properties import examples
from tests.support.records import setup_of
from tests.support.scheduler import NAMES, make_curriculum

SHIPPED = ["curricula/quickstart.yaml", "benchmarks/orders/hopeless.yaml", "benchmarks/orders/replay.yaml"]


def nodes(curriculum: Curriculum, schedule: Schedule) -> list[str]:
    return [node.id for node in chain(setup_of(curriculum), schedule.stages, 101)]


def own(curriculum: Curriculum) -> Schedule:
    return {arm.name: arm for arm in fixed_arms(curriculum)}[main_arm(curriculum)]


def awkward(curriculum: Curriculum) -> Schedule:
    """Decayed rates, uneven lengths, a method of its own, thirds, a repeat, and a last mixture of all."""
    sequence = compose(tuple(curriculum.domains), "cumulative", curriculum, name="trial-7", role="trial")
    stages = [
        stage.model_copy(
            update={
                "training": stage.training.model_copy(
                    update={"steps": 37 + 5 * k, "learning_rate": stage.training.learning_rate * 0.7**k}
                )
            }
        )
        for k, stage in enumerate(sequence.stages)
    ]
    stages[1] = stages[1].model_copy(update={"training": stages[1].training.model_copy(update={"method": "sft"})})
    last = Stage(mixture={name: 0.1 + k for k, name in enumerate(curriculum.domains)}, training=stages[0].training)
    return sequence.model_copy(update={"stages": (*stages, stages[-1], last)})


@pytest.mark.parametrize("file", SHIPPED)
def test_the_yaml_loads_and_makes_the_same_nodes(file, tmp_path):
    curriculum = load_curriculum(ROOT / file)
    curriculum = curriculum.model_copy(
        update={"stages": {next(iter(curriculum.domains)): TrainingOverride(steps=20, learning_rate=1e-5, kl=0.1)}}
    )
    schedule = awkward(curriculum)
    path = tmp_path / "best.yaml"
    path.write_text(best_yaml(curriculum, schedule, ("Found by a search.", "Two\nlines")), encoding="utf-8")
    loaded = load_curriculum(path)
    assert loaded == best_curriculum(curriculum, schedule)
    assert nodes(loaded, own(loaded)) == nodes(curriculum, schedule)
    assert own(loaded).stages == schedule.stages


def test_joint_training_stays_what_it_was():
    """Its shares rest on the overrides by domain, its budget on the schedule's."""
    curriculum = load_curriculum(ROOT / SHIPPED[0])
    schedule = compose(tuple(curriculum.domains), "sequential", curriculum, name="trial-7", role="trial")
    before = {arm.name: arm for arm in fixed_arms(curriculum)}["joint"]
    after = {arm.name: arm for arm in fixed_arms(best_curriculum(curriculum, schedule))}["joint"]
    assert before.stages == after.stages


def test_a_long_name_still_fits():
    curriculum = load_curriculum(ROOT / SHIPPED[0]).model_copy(update={"name": "x" * 64})
    schedule = compose(tuple(curriculum.domains), "sequential", curriculum, name="trial-7", role="trial")
    assert Curriculum.model_validate(best_curriculum(curriculum, schedule).model_dump()).name == "x" * 59 + "-best"


@pytest.mark.slow
@given(st.lists(st.floats(1e-3, 1e4), min_size=4, max_size=4))
@examples(60)
def test_any_mixture_comes_back_to_the_bit(raw):
    curriculum = load_curriculum(ROOT / SHIPPED[0])
    stage = Stage(mixture=dict(zip(curriculum.domains, raw, strict=True)), training=curriculum.training)
    written = parse(dump_yaml(best_curriculum(curriculum, Schedule(name="x", role="trial", stages=(stage,))))).data
    assert own(Curriculum.model_validate(written)).stages == (stage,)


def test_a_pair_of_arms_that_it_does_not_have_is_left_out_and_what_matters_is_kept():
    """best.yaml has the arms `explicit` and joint training: the pair of the curriculum that was searched is refused."""
    pair = ComparisonSpec(primary=Pair(arm="bwt-sequential", baseline="random"), rope=0.03)
    curriculum = load_curriculum(ROOT / SHIPPED[0]).model_copy(update={"comparison": pair})
    best = best_curriculum(curriculum, awkward(curriculum))
    check_primary(best)
    assert best.comparison == ComparisonSpec(rope=0.03)


@pytest.mark.parametrize(
    ("default", "training"),
    [
        ({}, {"optim": "adafactor", "weight_decay": 0.1, "trl": {"epsilon": 0.1}}),
        ({"precision": "bf16", "max_grad_norm": 0.5, "optim": "adafactor"}, {}),
        ({"warmup_ratio": 0.1}, {"warmup_steps": 3}),
        ({"warmup_ratio": 0.1}, {}),
        ({"warmup_steps": 3}, {"warmup_ratio": 0.1}),
        ({"trl": {"epsilon": 0.1}}, {"trl": {"epsilon": 0.2, "top_p": 0.9}}),
    ],
)
def test_what_is_written_of_a_training_gives_it_back(default: dict[str, Any], training: dict[str, Any]) -> None:
    """Keys at their defaults are in no dump, and were taken for equal or not found."""
    before, wanted = Training(**default), Training(**training)
    assert _override(wanted, before).over(before) == wanted


@pytest.mark.parametrize("rate", ["per_stage", "whole", "trunk"])
def test_the_rates_path_is_kept(rate):
    """Else the file would train other nodes than the schedule that won."""
    curriculum = make_curriculum(NAMES[:3], search={"rate": ["per_stage", "whole", "trunk"]})
    choice = own_choice(curriculum, NAMES[:3]).model_copy(update={"rate": rate})
    schedule = schedule_of(choice, curriculum, "trial-0")
    found = own(best_curriculum(curriculum, schedule))
    assert (found.rate, found.anneal) == (rate, schedule.anneal)
    assert readings(found) == readings(schedule)
