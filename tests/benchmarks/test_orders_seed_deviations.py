"""benchmarks/orders/seed_deviations.py on made-up blocks: what drawing answers makes of a score is told beside it."""

from __future__ import annotations

import numpy as np

from benchmarks.orders.seed_deviations import of_answers


def test_where_only_answers_are_drawn_the_deviation_is_theirs() -> None:
    rng = np.random.default_rng(0)
    chances = rng.random((40, 1, 100))
    blocks = tuple(rng.binomial(4, np.broadcast_to(one, (30, 100))) / 4 for one in chances)
    creative = rng.random((30, 100))
    found, drawn = (float(one.strip("()")) for one in of_answers([(*blocks, creative)], 4).split())
    exact = np.mean(chances * (1 - chances) / 4 / 100) ** 0.5
    assert abs(found - exact) < 0.1 * exact
    assert abs(drawn - exact) < 0.02 * exact
