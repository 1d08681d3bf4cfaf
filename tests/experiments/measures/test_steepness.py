"""Forms of paths whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.steepness import LEAST_POINTS, follows, form, sharpness

TIME = np.linspace(0, 1, 11)
JUMP = np.where(TIME < 0.45, 0.8, 0.3)
LINE = 0.8 - 0.5 * TIME
LIKELY = np.exp(-10 * TIME)
"""Ten nats are lost along a straight line."""


def seen(path, noise=0.02, seeds=5, seed=0):
    return path + np.random.default_rng(seed).normal(0, noise, (seeds, len(path)))


@pytest.mark.parametrize(
    "path, told",
    [
        (JUMP, "step"),
        (JUMP[::-1], "step"),
        (np.where(TIME < 0.05, 0.8, 0.3), "step"),
        (LINE, "smooth"),
        (0.8 - 0.5 * TIME**2, "smooth"),
        (0.8 - 0.5 * (1 - np.exp(-3 * TIME)), "smooth"),
        (LIKELY, "step"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_forms(path, told, seed):
    assert form(seen(path, seed=seed)) == told


def test_exact_paths_have_forms_too():
    assert form(JUMP[None]) == "step"
    assert form(LINE[None]) == "smooth"


def test_nothing_is_said_of_few_points_or_of_none_that_moves():
    assert form(seen(JUMP[: LEAST_POINTS - 1])) == "open"
    assert form(np.full((5, 11), 0.5)) == "open"


def test_noise_alone_is_seldom_anything():
    """A line, that needs fewer numbers, was "smooth" in most of them."""
    told = [form(seen(np.full(11, 0.5), seed=seed)) for seed in range(200)]
    assert told.count("step") <= 10
    assert told.count("smooth") <= 10


def test_seeds_may_break_at_places_of_their_own():
    """Their mean falls along a line."""
    paths = np.stack([np.where(at > TIME, 0.8, 0.3) for at in (0.15, 0.35, 0.55, 0.75, 0.95)])
    assert form(paths + np.random.default_rng(0).normal(0, 0.02, paths.shape)) == "step"
    assert form(paths.mean(axis=0, keepdims=True)) == "smooth"


def test_a_score_follows_the_probability_of_the_references_where_it_does():
    assert follows(seen(0.9 * LIKELY), np.tile(LIKELY, (5, 1)))
    assert not follows(seen(JUMP), np.tile(LIKELY, (5, 1)))
    # The wrong way round explains nothing.
    assert not follows(seen(JUMP), np.tile(-JUMP, (5, 1)))


@pytest.mark.parametrize("length, score", [(1, 9.0), (4, 9.9), (10, 21), (20, 151)])
def test_sharpness_is_schaeffers_over_that_of_a_line(length, score):
    """The figures are those of SCIENCE.md for a probability that falls from .95 to .5 in ten points."""
    path = np.linspace(0.95, 0.5, 10) ** length
    assert sharpness(path) * 9 == pytest.approx(score, rel=0.03)


def test_sharpness_is_not_had_where_most_steps_are_none():
    assert sharpness(JUMP) is None
    assert sharpness(JUMP[:1]) is None
