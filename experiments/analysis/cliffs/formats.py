"""How much the score hangs on the format of the prompt, for models that were asked in several."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.analysis.cliffs.family import Family
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import additive, skipped
from experiments.measures.formats import gap, spread, worst
from experiments.measures.spec import MeasureSpec, Name
from experiments.nodes.details import Details, Formatted
from scheduler.measurements import Array

NOT_ASKED = "`evaluation.formats` was not asked for"
MEASURES = {
    "format_spread": MeasureSpec(
        "spread over formats", "score", "Sclar et al. 2023, arXiv 2310.11324, cross-fitted", "down", "prompt", "B"
    ),
    "format_worst": MeasureSpec("worst format", "score", "the same: in the worst format", "up", "prompt", "B"),
    "format_gap": MeasureSpec(
        "own format − others", "score", "own format − the mean of all others", "zero", "prompt", "B"
    ),
    "format_not_found": MeasureSpec(
        "not found, over formats", "share of answers", "the reward found no answer, over formats", "down", "prompt", "B"
    ),
    "format_truncated": MeasureSpec(
        "truncated, over formats", "share of answers", "`max_tokens` ended it, over formats", "down", "prompt", "B"
    ),
}
OF_SCORES: dict[Name, Callable[[Array], Array]] = {
    "format_spread": spread,
    "format_worst": worst,
    "format_gap": gap,
}


def formats(pair: PairedAnswers) -> dict[Name, Reading]:
    """All of the family."""
    return {
        **{name: _reading(pair, lambda one: one.scores, of) for name, of in OF_SCORES.items()},
        "format_not_found": _reading(pair, lambda one: [not found for found in one.found], _mean),
        "format_truncated": _reading(pair, lambda one: one.cut, _mean),
    }


def _mean(shares: Array) -> Array:
    """Over formats, (items,)."""
    return np.asarray(shares.mean(axis=0), dtype=np.float64)


def _reading(pair: PairedAnswers, field: Callable[[Formatted], object], of: Callable[[Array], Array]) -> Reading:
    """`of`: (formats, items) → (items,)."""
    sides = [_side(side, field, of) for side in (pair.before, pair.after)]
    return skipped(NOT_ASKED) if sides[0] is None or sides[1] is None else additive((sides[0], sides[1]), "")


def _side(
    side: tuple[Details, ...], field: Callable[[Formatted], object], of: Callable[[Array], Array]
) -> Array | None:
    """(seeds, items); None where a seed's model was not asked."""
    rows = []
    for one in side:
        each = [field(answers) for answers in (one.formats or {}).values()]
        if not each or any(values is None for values in each):
            return None
        rows.append(of(np.array(each, float).reshape(len(each), -1, one.samples).mean(axis=-1)))
    return np.stack(rows) if rows else None


FAMILY = Family(MEASURES, lambda sides: formats(sides.pair))
