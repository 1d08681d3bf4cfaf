"""A stage's way is drawn from what was measured of it, and no score leaves its scale."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.steepness import steepness
from experiments.nodes.course import Course, Point, PointScores


def course(seed: int) -> Course:
    """A domain that one seed keeps and another loses on the way."""
    right = np.array([[1.0] * 6, [1.0] * 5 + [0.0], [float(seed > 0)] * 6])
    points = tuple(
        Point(step=4 * at, domains={"sums": PointScores(scores=tuple(row), nats=(0.01,) * 6)})
        for at, row in enumerate(right.tolist())
    )
    return Course(points=points, trained={"sums": 1.0}, sizes={"sums": 12}, most=1.0, kept=8)


def test_intervals_of_the_way_stay_where_scores_and_bits_can_lie() -> None:
    found = steepness([course(seed) for seed in range(3)], "sums")
    assert found is not None
    assert [point.step for point in found.way] == [0, 4, 8]
    for point in found.way:
        assert 0 <= point.score.low <= point.score.estimate <= point.score.high <= 1
        assert point.bits is not None
        assert 0 <= point.bits.low <= point.bits.estimate <= point.bits.high
