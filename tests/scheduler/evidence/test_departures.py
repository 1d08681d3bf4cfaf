"""Whether many differences are 0 together: how often noise is taken for more, and what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.evidence.departures import Cell, departure

RUNS = 150


def cells(rng, count=12, seeds=3, items=40, truth=0.0, luck=0.04, cell=0.3, shared=0.0):
    """Cells that each rest on a run of their own and on one that four of them have in common."""
    common = {at: rng.normal(0, luck, (seeds, 1)) for at in range(count // 4)}
    found = []
    for at in range(count):
        own = rng.normal(0, luck, (seeds, 1)) + rng.normal(0, cell, (seeds, items)) + rng.normal(0, shared, (1, items))
        parts = {("own", str(at)): own + rng.choice([-truth, truth]), ("common", str(at // 4)): -common[at // 4]}
        found.append(Cell("d", {path: part + np.zeros((seeds, items)) for path, part in parts.items()}))
    return found


def rate(**world):
    rng = np.random.default_rng(0)
    return np.mean([departure(cells(rng, **world), resamples=200).sure for _ in range(RUNS)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "seeds, kind", [(2, "luck"), (2, "both"), (3, "cells"), (3, "items"), (5, "luck"), (5, "both")]
)
def test_noise_is_seldom_taken_for_a_departure(seeds, kind):
    world = {
        "luck": {"cell": 0.0},
        "cells": {"luck": 0.0},
        "both": {},
        "items": {"luck": 0.0, "cell": 0.1, "shared": 0.3},
    }[kind]
    assert rate(seeds=seeds, **world) <= 0.06 + 2 * 0.018


@pytest.mark.slow
def test_departures_of_the_size_of_an_effect_are_seen_with_three_seeds():
    assert rate(truth=0.08) > 0.8


@pytest.mark.slow
def test_what_is_told_to_be_detectable_is_detected_in_four_of_five_runs():
    size = departure(cells(np.random.default_rng(0))).detectable
    assert 0.6 < rate(truth=size) <= 1.0


def test_one_seed_has_a_size_but_no_p():
    found = departure(cells(np.random.default_rng(0), seeds=1))
    assert found.size > 0
    assert found.p is None and "one seed" in found.missing
