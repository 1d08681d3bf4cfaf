"""Formulas of reasoning against their sources, done by hand."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest

from experiments.measures.reasoning import early, left, per_step, published, reasoned
from experiments.nodes.outputs import Marked, Output


def lanham(curves):
    """Area over each length's mean curve, then the mean over lengths weighted by how many have them."""
    lengths = defaultdict(list)
    for curve in curves:
        lengths[len(curve) - 1].append(curve)
    areas = {
        steps: np.trapezoid(1 - np.mean(found, axis=0), np.arange(steps + 1) / steps)
        for steps, found in lengths.items()
    }
    return sum(areas[steps] * len(lengths[steps]) for steps in areas) / len(curves)


def test_the_mean_over_items_is_lanhams_mean_over_lengths():
    rng, curves = np.random.default_rng(0), []
    for _ in range(200):
        steps = int(rng.choice([1, 2, 4]))
        curves.append([*(rng.random(steps) < 0.5).astype(float), 1.0])
    arms = ("at_once", "quarter", "half", "three_quarters", "whole")
    mine = [early(len(one) - 1, {arm: one[left(len(one) - 1, arm)] for arm in arms}) for one in curves]
    assert np.mean(mine) == pytest.approx(lanham(curves))
    # Weighted by length, as a public reimplementation does, it is another number.
    wrong = np.average(mine, weights=[len(one) - 1 for one in curves])
    assert abs(wrong - np.mean(mine)) > 0.02


def test_without_steps_there_is_no_area():
    assert early(0, {"at_once": 1.0, "whole": 1.0}) is None


def test_published_information_gain_telescopes():
    """(1/t) Σ (PPL_{i−1} − PPL_i) needs its two ends alone."""
    nats = np.array([2.0, 1.7, 1.1, 0.4])
    steps = np.mean(-np.diff(np.exp(nats)))
    assert published(nats[:1], nats[-1:], np.array([3.0]))[0] == pytest.approx(steps)
    gain = nats[:1] - nats[-1:]
    assert gain[0] == pytest.approx(1.6)
    assert per_step(gain, np.array([3.0]))[0] == pytest.approx(1.6 / 3)
    assert math.isnan(per_step(gain, np.array([0.0]))[0])
    assert math.isnan(published(nats[:1], nats[-1:], np.array([0.0]))[0])


def forced(*answers):
    """One item: (arm, score, what was found)."""
    rows = [Output(item="a", arm=arm, text="x", count=1) for arm, _, _ in answers]
    return rows, [Marked(item="a", score=score, parsed=parsed) for _, score, parsed in answers]


@pytest.mark.parametrize(
    ("other", "same"),
    [((1.0, "0.5"), 1), ((0.0, "7"), 0), ((0.0, None), 0)],
)
def test_right_answers_are_the_same_however_they_are_written(other, same):
    rows, marks = forced(("at_once", *other), ("whole", 1.0, "1/2"))
    assert reasoned(["A step."], "Answer", rows, marks).same["at_once"] == (same,)


def test_wrong_answers_are_the_same_where_the_same_was_found():
    rows, marks = forced(("at_once", 0.0, "1,200."), ("half", 0.0, None), ("whole", 0.0, "1200"))
    found = reasoned(["A step."], "Answer", rows, marks).same
    assert (found["at_once"], found["half"]) == ((1,), (0,))


def test_what_could_not_be_asked_is_no_zero():
    rows, marks = forced(("mistaken", 0.0, None), ("whole", 1.0, "1"))
    rows[0] = rows[0].model_copy(update={"text": None})
    found = reasoned(["A step."], "Answer", rows, marks)
    assert (found.score["mistaken"], found.same["mistaken"]) == ((None,), (None,))


def test_without_forced_answers_the_steps_are_known():
    found = reasoned(["One. Two.", ""], "Answer")
    assert (found.steps, found.score, found.early, found.nats_whole) == ((2, 0), {}, None, None)
