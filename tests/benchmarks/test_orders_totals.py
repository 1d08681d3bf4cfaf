"""Totals of orders and rivals: what is printed is what the tables hold."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.orders.totals import JOINT, SINGLE, TAIL, after_paths, against_joint, best, own_gains, parts, totals
from tests.support.synthetic_orders import make_table

TABLE = make_table(rng=3)


def given(shift: float):
    """Every rival is the best order, moved."""
    blocks = tuple(block + shift for block in TABLE.items["test"][best(TABLE)])
    return {"made": (TABLE, {"test": dict.fromkeys((*JOINT, TAIL, "cumulative a"), blocks)})}


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines()[2:]]


def test_the_best_order_is_the_one_with_the_highest_total():
    found = TABLE.totals("test")
    assert found[best(TABLE)].mean() == max(found[order].mean() for order in TABLE.orders)
    (row,) = cells(totals(given(0.0)))
    means = [found[order].mean() for order in TABLE.orders]
    assert [float(row[at]) for at in (2, 3, 4)] == pytest.approx([min(means), np.mean(means), max(means)], abs=5e-4)
    assert row[4] == row[6] == row[-1]


@pytest.mark.parametrize("shift", [-0.1, 0.0, 0.2])
def test_joint_training_is_held_against_the_best_order_seed_by_seed(shift):
    (row,) = cells(against_joint(given(shift)))
    assert row[2].startswith(f"{shift:+.3f} (")
    assert row[3] == ", ".join([f"{shift:+.3f}"] * len(TABLE.seeds))
    assert SINGLE in given(shift)["made"][1]["test"]


def test_own_gains_and_paths_are_means_over_seeds():
    scores, name = TABLE.scores("test"), TABLE.domains[1]
    row = next(row for row in cells(own_gains(given(0.0))) if row[1] == name)
    moved = scores[(name,)][:, 1] - scores[()][:, 1]
    assert row[2].startswith(f"{moved.mean():+.3f} (")
    lines = {row[0]: row[1:] for row in cells(after_paths(TABLE))}
    after = TABLE.scores("validation")[(name,)].mean(axis=0)
    assert lines[name] == [f"{score:.3f}" for score in after]
    assert len([title for title, _ in parts(given(0.0), paths=True)]) == 4
