"""The transfer matrix from probes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.evidence.transfer import measure_transfer, missing_probes
from tests.support.scheduler import measure, permuted

BASE = np.array([0.2, 0.3, 0.5])
B = np.array([[0.4, -0.1, 0.0], [0.05, 0.3, -0.2], [0.1, 0.0, 0.2]])


def ends(transfer):
    """Lower and upper ends, (trained, affected) each."""
    return (np.array([[getattr(cell, end) for cell in row] for row in transfer.effects]) for end in ("low", "high"))


def test_the_matrix_is_recovered_and_lies_in_its_intervals():
    transfer = measure_transfer(measure(BASE, B, noise=(0.01, 0.1), seeds=4, items=100))
    assert np.array(transfer.mean) == pytest.approx(B, abs=0.06)
    assert all(cell.low < cell.estimate < cell.high for row in transfer.effects for cell in row)
    low, high = ends(transfer)
    assert np.mean((low <= B) & (high >= B)) >= 8 / 9


def test_differences_are_paired_by_item_and_seed():
    """Items of very different difficulty cost no precision when every probe shifts all alike."""
    m = measure(BASE, B, noise=(0.0, 0.1), seeds=3, items=50)
    hard = np.random.default_rng(0).normal(0, 5, (1, 50)) + np.random.default_rng(1).normal(0, 5, (3, 1))
    shifted = {path: tuple(block + hard for block in blocks) for path, blocks in m.scores.items()}
    for found, plain in zip(ends(measure_transfer(replace(m, scores=shifted))), ends(measure_transfer(m)), strict=True):
        assert found == pytest.approx(plain, abs=1e-9)


def test_permuting_domains_permutes_matrix_and_intervals():
    m = measure(BASE, B, noise=(0.05, 0.2))
    places = [2, 0, 1]
    plain, turned = measure_transfer(m), measure_transfer(permuted(m, places))
    assert turned.domains == tuple(plain.domains[at] for at in places)
    for found, before in zip((turned.mean, *ends(turned)), (plain.mean, *ends(plain)), strict=True):
        assert np.array(found) == pytest.approx(np.array(before)[np.ix_(places, places)], abs=1e-12)


def test_predictions_rest_on_effects_that_are_drawn_to_their_mean():
    transfer = measure_transfer(measure(BASE, B, noise=(0.05, 0.2), seeds=3))
    off = ~np.eye(3, dtype=bool)
    measured, shrunk = np.array(transfer.mean), np.array(transfer.shrunk)
    assert shrunk[off].mean() == pytest.approx(measured[off].mean())
    assert 0 < shrunk[off].std() < measured[off].std()
    assert np.diag(shrunk) == pytest.approx(np.diag(measured))


def test_a_missing_probe_is_named():
    m = measure(BASE, B)
    scores = {path: blocks for path, blocks in m.scores.items() if path != ("sort",)}
    partial = replace(m, scores=scores)
    assert missing_probes(partial) == ("sort",)
    with pytest.raises(ValueError, match="sort"):
        measure_transfer(partial)


def test_a_missing_base_is_named():
    m = measure(BASE, B)
    with pytest.raises(ValueError, match="base model"):
        measure_transfer(replace(m, scores={path: b for path, b in m.scores.items() if path}))
