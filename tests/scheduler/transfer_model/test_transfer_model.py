"""Models of the scores after any path: their laws, and luck."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.prediction.predict import predict
from scheduler.transfer_model import VARIANTS, fit, node_noise
from scheduler.transfer_model.luck import common, inherited
from scheduler.transfer_model.model import fit_grid
from scheduler.transfer_model.settings import Settings
from tests.support.properties import examples
from tests.support.scheduler import measure

NAMES = ("a", "b", "c", "d")
PATHS = [path for size in range(5) for path in permutations(NAMES, size)]
ORDERS = [path for path in PATHS if len(path) == 4]
QUIET = np.zeros(4)


def truth(seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.3, 0.7, 4), rng.normal(0, 0.1, (4, 4))


def additive_scores(paths, seed):
    base, transfer = truth(seed)
    return {path: predict(path, NAMES, base, transfer) for path in paths}


def recursion(path, base, transfer, one, decay):
    """The formula of `Settings`, stage by stage."""
    scores = base.copy()
    for stage, name in enumerate(path):
        i, eta = NAMES.index(name), decay ** (one.decay * stage)
        undo = np.array([one.saturation if j == i else one.forgetting for j in range(4)])
        scores = scores + eta * (transfer[i] - undo * (scores - base))
    return scores


@given(st.integers(0, 500))
@examples(15)
def test_without_noise_the_first_level_gives_the_additive_prediction(seed):
    known = additive_scores([path for path in PATHS if len(path) <= 1], seed)
    model = fit_grid(NAMES, known, QUIET, (Settings(),))
    for path, scores in additive_scores(ORDERS, seed).items():
        assert model.predict([path])[0] == pytest.approx(scores, abs=2e-3)


@pytest.mark.parametrize("one", [Settings(0.5), Settings(0.75, 0.3), Settings(1.0, 0.15, 1.0)])
def test_data_of_a_settings_own_kind_are_told_and_reproduced(one):
    """All of the tree but the complete orders is known; the grid holds the truth among others."""
    base, transfer = truth(3)
    scores = {path: recursion(path, base, transfer, one, 0.7) for path in PATHS}
    known = {path: value for path, value in scores.items() if len(path) < 4}
    model = fit_grid(NAMES, known, QUIET, (Settings(), Settings(0.25), one, Settings(0.5, 0.5)), 0.7)
    assert model.components[0].settings == one
    assert model.predict(ORDERS) == pytest.approx(np.stack([scores[order] for order in ORDERS]), abs=2e-3)


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_renaming_domains_renames_predictions(variant):
    m = measure(*truth(1), NAMES, orders=ORDERS[:3], noise=(0.01, 0.1))
    turned = dict(zip(NAMES, ("c", "a", "d", "b"), strict=True))
    names = tuple(sorted(turned[name] for name in NAMES))
    at = [NAMES.index(next(old for old, new in turned.items() if new == name)) for name in names]
    known = {path: m.mean(path) for path in m.scores}
    other = {tuple(turned[name] for name in path): scores[at] for path, scores in known.items()}
    noise = node_noise(m)
    one = fit(NAMES, known, noise, variant=variant).predict(ORDERS)
    same = fit(names, other, noise[at], variant=variant).predict(
        [tuple(turned[name] for name in order) for order in ORDERS]
    )
    assert same == pytest.approx(one[:, at], abs=1e-8)


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_what_is_not_known_is_less_sure(variant):
    m = measure(*truth(2), NAMES, orders=ORDERS[:2], noise=(0.0, 0.05))
    model = fit(NAMES, {path: m.mean(path) for path in m.scores}, node_noise(m), variant=variant)
    totals = model.totals([*ORDERS[:1], *ORDERS[-1:]], np.full(4, 0.25))
    assert totals.deviation[0] < totals.deviation[1]
    assert np.linalg.eigvalsh(totals.covariance).min() > -1e-10


def test_nothing_measured_is_refused():
    with pytest.raises(ValueError, match="at least one measured path"):
        fit(NAMES, {}, QUIET)


def brute_force(paths, inherit):
    """Luck of every stage run, handed down: the covariance of its sums."""
    runs = sorted({path[:depth] for path in paths for depth in range(1, len(path) + 1)})
    parts = np.array(
        [[inherit ** (len(path) - len(run)) if path[: len(run)] == run else 0.0 for run in runs] for path in paths]
    ).reshape(len(paths), len(runs))
    return parts @ parts.T


@given(st.sets(st.sampled_from(PATHS), max_size=12), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
@examples(40)
def test_luck_is_what_stage_runs_hand_down(chosen, inherit):
    paths = sorted(chosen)
    found = inherited(paths, inherit)
    assert found == pytest.approx(brute_force(paths, inherit), abs=1e-12)
    assert np.linalg.eigvalsh(found).min(initial=0.0) > -1e-9


def test_paths_that_begin_differently_share_no_luck():
    paths = [("a", "b"), ("b", "a"), ("a", "b", "c"), ("a", "c")]
    assert common(paths).tolist() == [[2, 0, 2, 1], [0, 2, 0, 0], [2, 0, 3, 1], [1, 0, 1, 2]]
    assert (inherited(paths, 1.0)[0, 1], inherited(paths, 1.0)[0, 2]) == (0, 2)


def test_the_evidence_tells_luck_from_none():
    base, transfer = truth(5)
    rng = np.random.default_rng(0)
    runs = {path: rng.normal(0, 0.06, 4) for path in PATHS}
    lucky = {
        path: predict(path, NAMES, base, transfer) + sum((runs[path[:k]] for k in range(1, len(path) + 1)), np.zeros(4))
        for path in PATHS
    }
    grid = (Settings(), Settings(luck=0.5, inherit=0.0), Settings(luck=0.5, inherit=1.0))
    noise = np.full(4, 1e-4)
    assert fit_grid(NAMES, lucky, noise, grid).components[0].settings == grid[2]
    assert fit_grid(NAMES, additive_scores(PATHS, 5), noise, grid).components[0].settings == grid[0]


def test_noise_of_a_path_is_that_of_its_mean():
    m = measure(*truth(0), NAMES, orders=ORDERS[:4], seeds=4, items=400, noise=(0.05, 0.3))
    assert node_noise(m) == pytest.approx(0.05**2 / 4 + 2 * 0.3**2 / (4 * 400), rel=0.7)
    one = measure(*truth(0), NAMES, seeds=1, items=1)
    assert node_noise(one).tolist() == [0, 0, 0, 0]
