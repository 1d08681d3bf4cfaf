"""What is written out resolved loads back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curricula.checks import check
from curricula.dump import dump_yaml
from curricula.loader import load_curriculum
from curricula.schema import (
    ComparisonSpec,
    Curriculum,
    ExplicitStage,
    Lora,
    Pair,
    PretrainedModel,
    ScheduleSpec,
    ScratchModel,
    Warmup,
)
from curricula.stage import Training
from curricula.training_override import TrainingOverride
from curricula.yaml_core import CoreDumper, parse
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.numeric import NumericReward
from domains.sources.files import FileSource
from domains.sources.reasoning_gym import ReasoningGymSource
from domains.sources.stories import StoriesSource
from domains.spec import DomainSpec
from tests.support.curriculum_text import GOOD, write
from tests.support.properties import examples

TRAPS = [
    "no",
    "on",
    "~",
    "null",
    "1e-3",
    "0x10",
    "0o7",
    "1_000",
    ".inf",
    "12:30",
    "2020-01-01",
    "- a",
    "# b",
    "<<",
    "a\x85b",
    "\u2028",
]
words = st.one_of(st.sampled_from(TRAPS), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
names = st.one_of(st.sampled_from(["no", "yes", "null", "true", "e1"]), st.from_regex(r"^[A-Za-z][A-Za-z0-9_-]{0,8}\Z"))
counts = st.integers(1, 10**6)
positive = st.floats(1e-12, 1e12)
rates = st.floats(0, 1, exclude_max=True)
learning_rates = st.floats(1e-12, 1)

overrides = st.builds(
    TrainingOverride,
    steps=st.none() | st.integers(100, 10**6),
    learning_rate=st.none() | learning_rates,
    kl=st.none() | rates,
    method=st.sampled_from([None, "sft", "grpo"]),
    weight_decay=st.none() | rates,
    trl=st.none() | st.dictionaries(names, st.none() | positive | words),
)
trainings = st.builds(
    Training,
    method=st.sampled_from(["sft", "grpo"]),
    steps=st.integers(100, 10**6),
    prompts=st.integers(1, 100),
    learning_rate=learning_rates,
    warmup_steps=st.integers(0, 99),
    temperature=positive,
    max_grad_norm=rates,
    trl=st.dictionaries(names, st.none() | st.booleans() | positive | words | st.lists(counts, max_size=2)),
)
models = st.builds(
    ScratchModel, type=st.just("scratch"), layers=st.integers(1, 1000), warmup=st.builds(Warmup)
) | st.builds(
    PretrainedModel,
    type=st.just("pretrained"),
    id=words,
    lora=st.none()
    | st.builds(Lora, rank=st.integers(1, 65_536), targets=st.just("all-linear") | st.tuples(words, words)),
)
sources = st.one_of(
    st.just(StoriesSource(type="stories")),
    st.builds(ReasoningGymSource, type=st.just("reasoning_gym"), task=words, config=st.dictionaries(names, words)),
    st.builds(FileSource, type=st.just("file"), path=words, test=st.none() | words),
)
rewards = st.one_of(
    st.builds(ExactReward, type=st.just("exact"), weight=positive, case=st.booleans()),
    st.builds(NumericReward, type=st.just("numeric"), tolerance=rates),
    st.builds(CreativeReward, type=st.just("creative"), min_words=counts),
)
specs = st.builds(
    DomainSpec,
    kind=st.sampled_from(["structured", "creative"]),
    source=sources,
    prompt=words.map(lambda text: text.replace("{", "{{").replace("}", "}}")),
    rewards=st.lists(rewards, min_size=1, max_size=3, unique_by=lambda reward: reward.type).map(tuple),
    weight=positive,
    max_tokens=st.integers(1, 200),
)


pairs = st.lists(words, min_size=2, max_size=2, unique=True).map(lambda two: Pair(arm=two[0], baseline=two[1]))


@st.composite
def curricula(draw: st.DrawFn) -> Curriculum:
    """Curricula that pass every check, with texts that YAML could misread."""
    domains = draw(st.dictionaries(names, specs, min_size=2, max_size=4))
    chosen = st.sampled_from(sorted(domains))
    explicit = st.builds(
        ScheduleSpec,
        composition=st.just("explicit"),
        stages=st.lists(
            st.builds(ExplicitStage, mixture=st.dictionaries(chosen, positive, min_size=1), training=overrides),
            min_size=1,
            max_size=3,
        ).map(tuple),
    )
    given_order = st.permutations(sorted(domains)).map(lambda order: ScheduleSpec(order="given", given=tuple(order)))
    schedules = st.builds(ScheduleSpec, replay=rates, lr_decay=st.floats(0.01, 1)) | explicit | given_order
    return Curriculum(
        name=draw(st.from_regex(r"^[a-z0-9][a-z0-9_-]{0,20}\Z")),
        description=draw(words),
        model=draw(models),
        domains=domains,
        training=draw(trainings),
        stages=draw(st.dictionaries(chosen, overrides, max_size=2)),
        schedule=draw(schedules),
        comparison=draw(st.builds(ComparisonSpec, primary=st.none() | pairs, rope=st.floats(0.001, 0.9))),
        seeds=draw(st.lists(st.integers(0, 10**9), min_size=1, max_size=4, unique=True).map(tuple)),
    )


@pytest.mark.slow
@given(curricula())
@examples(80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_resolved_curriculum_loads_back_equal(tmp_path, curriculum):
    assert check(curriculum) == []
    file = write(tmp_path, dump_yaml(curriculum))
    assert load_curriculum(file) == curriculum


@given(st.dictionaries(words, st.one_of(words, st.floats(allow_nan=False, allow_infinity=False), st.booleans())))
@settings(deadline=None)
def test_plain_data_survive(data):
    assert parse(yaml.dump(data, Dumper=CoreDumper, allow_unicode=True)).data == data


def test_every_default_is_written_out(tmp_path):
    text = dump_yaml(load_curriculum(write(tmp_path, GOOD)))
    for line in ("order: bwt", "lr_schedule: linear", "joint_tuned: true", "entropy_items: 48", "retries: 2"):
        assert line in text


def test_dumping_twice_changes_nothing(tmp_path):
    once = dump_yaml(load_curriculum(write(tmp_path, GOOD)))
    assert dump_yaml(load_curriculum(write(tmp_path, once))) == once


def test_shared_objects_are_written_without_anchors(tmp_path: Path):
    loaded = load_curriculum(write(tmp_path, GOOD))
    spec = loaded.domains["sums"]
    shared = loaded.model_copy(update={"domains": {"one": spec, "two": spec}})
    assert "&" not in dump_yaml(shared)
