"""What share of random search's stage runs, or of their training time, ours needs, and Optuna's TPE.

Runs needed: from how many stage runs on the mean regret over draws stays within `level` of where an exhaustive search
on the same seed ends, as a share of the best order's score. Two regrets are looked at: `own`, by the validation
scores that the search sees, where an exhaustive search ends at 0; and `truth`, by the test scores of other seeds. The
first is the sharper figure and the aim; the second says whether it is worth anything.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.orders.intervals import spelled, within
from benchmarks.orders.judge import Curves, Judge
from domains.interval import Interval
from scheduler.measurements import Array

LEVELS = (0.005, 0.01, 0.02)
JUDGED = ("ours", "ours_warm", "ours_warm_pruned", "tpe")
Replays = Mapping[str, Mapping[str, Curves]]
"""strategy → curriculum → its curves."""


def summarise(judges: Mapping[str, Judge], replays: Replays) -> dict[str, object]:
    """The figure with its aim."""
    return {
        "ours_against_random": {
            "aim": "ratio <= 0.5 at level 0.01 of own",
            **{name: against(name, "random", judges, replays) for name in JUDGED},
        },
    }


def against(name: str, other: str, judges: Mapping[str, Judge], replays: Replays) -> dict[str, object]:
    """Runs that two searches need, and their ratio, for every level and both regrets."""
    found: dict[str, object] = {}
    for kind in ("own", "truth"):
        for level in LEVELS:
            ours, theirs = (_needed(each, kind, level, judges, replays) for each in (name, other))
            found[f"{kind}_{level:g}"] = {
                "runs": {curriculum: round(float(row.mean()), 2) for curriculum, row in ours.items()},
                f"{other}_runs": {curriculum: round(float(row.mean()), 2) for curriculum, row in theirs.items()},
                "ratio": _ratio(ours, theirs),
            }
    return found


def runs_needed(curve: Array, level: float) -> int:
    """The number of runs from which on a curve stays at or below `level`; all of them where it never does."""
    above = np.flatnonzero(curve > level)
    return int(min(above[-1] + 1, len(curve) - 1)) if len(above) else 0


def _needed(name: str, kind: str, level: float, judges: Mapping[str, Judge], replays: Replays) -> dict[str, Array]:
    return {
        curriculum: _needed_by_seed(curves, judges[curriculum], kind, level)
        for curriculum, curves in replays[name].items()
    }


def _needed_by_seed(curves: Curves, judged: Judge, kind: str, level: float) -> Array:
    rows = curves.own if kind == "own" else curves.truth
    ends = np.zeros(len(rows)) if kind == "own" else judged.references["exhaustive"]
    return np.array([float(runs_needed(row, end + level)) for row, end in zip(rows, ends, strict=True)])


def _ratio(ours: Mapping[str, Array], theirs: Mapping[str, Array]) -> dict[str, float | None]:
    """Geometric mean over seeds and curricula; a search that needs no run counts as needing one."""
    found = within({name: np.log(np.maximum(ours[name], 1) / np.maximum(theirs[name], 1)) for name in ours})
    estimate, low, high = np.exp([found.value, *(found.ends or (np.nan, np.nan))]).tolist()
    return spelled(Interval.of(estimate, low, high, found.n))
