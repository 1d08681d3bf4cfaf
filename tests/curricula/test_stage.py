"""Stages, overrides and schedules."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from curricula.stage import Schedule, Stage, Training
from curricula.training_override import TrainingOverride
from tests.support.properties import examples

names = st.sampled_from(["a", "b", "c", "d"])
shares = st.dictionaries(names, st.floats(1e-3, 1e3), min_size=1)


@given(shares, st.floats(1e-2, 1e2))
def test_only_the_ratio_of_shares_matters(mixture, factor):
    stage = Stage(mixture=mixture, training=Training())
    scaled = Stage(mixture={name: factor * share for name, share in mixture.items()}, training=Training())
    assert sum(stage.mixture.values()) == pytest.approx(1)
    assert scaled.mixture == pytest.approx(stage.mixture)


@given(shares, st.randoms())
def test_the_order_in_which_shares_are_written_does_not_matter(mixture, rng):
    items = list(mixture.items())
    rng.shuffle(items)
    stage, shuffled = (Stage(mixture=written, training=Training()) for written in (mixture, dict(items)))
    assert stage.model_dump_json() == shuffled.model_dump_json()


@given(st.integers(1, 64), st.integers(2, 16))
def test_another_method_has_the_same_budget(prompts, rollouts):
    own = Training(method="grpo", prompts=prompts, rollouts=rollouts)
    assert own.by("grpo") == own
    assert own.by("sft").completions == own.completions
    assert own.by("sft").by("grpo") == own


def test_groups_that_do_not_come_out_are_rounded_to_whole_ones():
    assert Training(method="sft", prompts=20, rollouts=8).by("grpo").prompts == 2
    assert Training(method="sft", prompts=1, rollouts=8).by("grpo").prompts == 1


def test_domains_without_a_share_are_no_part_of_the_stage():
    assert Stage(mixture={"a": 0, "b": 2}, training=Training()).mixture == {"b": 1.0}
    with pytest.raises(ValidationError, match="must not all be zero"):
        Stage(mixture={"a": 0}, training=Training())


WRITTEN = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.floats(0, allow_infinity=False) | st.floats(1e-3, 1) | st.integers(1, 9).map(float),
    min_size=1,
).filter(lambda mixture: any(mixture.values()))


@given(WRITTEN)
@example({"a": 8.0, "b": 9.0, "c": 9.0, "d": 9.0})  # whose shares do not sum to 1 to the last bit
@examples(500)
def test_normalising_again_changes_no_bit(mixture):
    once = Stage(mixture=mixture, training=Training())
    assert sum(once.mixture.values()) == pytest.approx(1)
    assert Stage(mixture=once.mixture, training=once.training) == once
    assert Stage.model_validate_json(once.model_dump_json()) == once


def test_shares_that_are_none_are_refused():
    for share in (-1.0, math.inf, math.nan):
        with pytest.raises(ValidationError, match="finite and not negative"):
            Stage(mixture={"a": share, "b": 1}, training=Training())


def test_labels_put_the_largest_share_first():
    assert Stage(mixture={"a": 1, "b": 2, "c": 1}, training=Training()).label == "b+a+c"


def test_overrides_replace_what_they_write_and_nothing_else():
    base = Training(method="sft", steps=7, kl=0.5)
    changed = TrainingOverride(steps=9, kl=0.0).over(base)
    assert changed == Training(method="sft", steps=9, kl=0.0)
    assert TrainingOverride().over(base) == base


def test_overrides_have_the_same_keys_types_and_limits_as_training():
    assert set(TrainingOverride.model_fields) == set(Training.model_fields)
    for name, field in Training.model_fields.items():
        override = TrainingOverride.model_fields[name]
        assert override.annotation == field.annotation | None, f"{name}: of another type than in Training"
        assert override.default is None, f"{name}: what is not written must be None"
        assert list(map(repr, override.metadata)) == list(map(repr, field.metadata)), f"{name}: other limits"


def test_budgets_count_rollouts_for_grpo_only():
    grpo = Stage(mixture={"a": 1}, training=Training(method="grpo", steps=3, prompts=4, rollouts=5))
    sft = Stage(mixture={"a": 1}, training=Training(method="sft", steps=3, prompts=4, rollouts=5))
    assert (grpo.rollout_budget, sft.rollout_budget) == (60, 12)
    assert Schedule(name="x", role="main", stages=(grpo, sft)).steps == 6
