"""Whole numbers from shares."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curricula.shares import PARTS, drawing_share, share_out
from curricula.stage import Stage, Training

MIXTURES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 10), min_size=1)


@given(MIXTURES, st.integers(1, 500))
def test_shares_keep_the_budget_and_are_fair(mixture, total):
    counts = share_out(mixture, total)
    assert sum(counts.values()) == total
    whole = sum(mixture.values())
    assert all(abs(counts[name] - total * share / whole) < 1 for name, share in mixture.items())


@given(MIXTURES, st.integers(1, 20), st.integers(1, 20))
def test_a_stage_knows_what_it_draws(mixture, steps, prompts):
    stage = Stage(mixture=mixture, training=Training(steps=steps, prompts=prompts))
    assert stage.examples == share_out(stage.mixture, steps * prompts)
    assert set(stage.undrawn) == {name for name in stage.mixture if stage.examples[name] == 0}


def test_a_small_share_of_few_prompts_is_none():
    training = Training(steps=2, prompts=8)
    stage = Stage(mixture={"sorting": 0.999, "stories": 0.001}, training=training)
    assert stage.examples == {"sorting": 16, "stories": 0}
    assert stage.undrawn == ("stories",)
    assert Stage(mixture={"sorting": 0.96, "stories": 0.04}, training=training).undrawn == ()


@given(st.integers(1, 3000), st.integers(1, 20), st.integers(0, 1000))
def test_a_drawing_share_draws_whatever_the_others_get(total, others, tilt):
    """Also where it is the smallest of many, and loses every remainder."""
    least = drawing_share(total)
    if least * (others + 1) > 1:
        return
    rest = (1 - least) / others
    mixture = {"a": least, **{f"b{at}": rest * (1 + tilt / 1000 * (-1) ** at) for at in range(others)}}
    whole = sum(mixture.values())
    if mixture["a"] / whole >= least:
        assert share_out(mixture, total)["a"] >= 1
    assert round(least * PARTS) == least * PARTS
