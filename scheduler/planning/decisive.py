"""Why staging is predicted to score more, or less, than joint training: whose score decides, and by which stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from scheduler.measurements import Array
from scheduler.plan import Reason

LEAST = 0.0005
"""A change of a score below rounds to nothing."""


def decisive(
    training: Array,
    weights: Array,
    expected: Callable[[Array], Array],
    mixed: Array,
    *,
    names: Sequence[str],
    labels: Sequence[str],
    last: str | None,
    gains: bool,
) -> Reason:
    """Of the staged way, amounts (stages, domains) with a label a stage, against joint training, `mixed`, shaped alike.

    `expected` maps amounts to expected scores (domains,). Where staging gains, the domain is the one that adds most,
    or `last`, whose stage comes after joint training, and the stage one before its own; where it loses, the domain is
    the one that takes most, and the stage one after its own.
    """
    path = np.array([expected(training[:count]) for count in range(len(training) + 1)])
    parts = weights * (path[-1] - expected(mixed))
    who = names.index(last) if gains and last else int(parts.argmax() if gains else parts.argmin())
    own = np.flatnonzero(training[:, who] > 0)
    others = np.flatnonzero(training[:, who] == 0)
    others = others[others < own[-1]] if gains and len(own) else others[others > (own[-1] if len(own) else -1)]
    change = np.diff(path, axis=0)[:, who]
    moved = np.abs(change) if gains else -change
    told = [int(stage) for stage in others if moved[stage] >= LEAST]
    at = max(told, key=lambda stage: float(moved[stage]), default=None)
    return Reason(
        domain=names[who],
        worth=float(parts[who]),
        others=float(parts.sum() - parts[who]),
        stage=None if at is None else labels[at],
        change=None if at is None else float(change[at]),
    )
