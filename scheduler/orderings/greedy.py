"""The seed paper's order (Omni-Thinker, arXiv 2507.14783), as its reviewers describe it."""

from __future__ import annotations

import numpy as np

from scheduler.orderings.base import OrderingInput


def greedy(data: OrderingInput) -> tuple[str, ...]:
    """Repeatedly the domain whose probe has the highest mean score on the other domains still to come.

    Scores, not gains, and unweighted, as published; so how hard the others are to begin with counts too.
    """
    scores = data.base + data.transfer
    remaining = sorted(range(len(data.domains)), key=lambda index: data.domains[index])
    order: list[int] = []
    while len(remaining) > 1:
        means = [float(np.mean([scores[i, j] for j in remaining if j != i])) for i in remaining]
        order.append(remaining.pop(int(np.argmax(np.round(means, 12)))))
    return tuple(data.domains[index] for index in [*order, *remaining])
