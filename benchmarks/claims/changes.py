"""Changes of a measure on test since the base model, by seed and item: what every comparison of a claim rests on."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np

from benchmarks.claims.model import Comparison, Sign, compared
from curricula.stage import Stage
from experiments.analysis.cliffs.calibrated import Forecast, forecast
from experiments.analysis.cliffs.contrast import p_of
from experiments.analysis.cliffs.moments import Moment, PairedAnswers, changes, pair
from experiments.analysis.scores import BASE, RunScores
from experiments.measures import calibration
from experiments.measures.ranking import auroc
from scheduler.measurements import Array
from scheduler.statistics.intervals import p_value
from scheduler.statistics.power import FEWEST

GAP = "distance of confidence from accuracy"
NOT_DONE = "no seed finished both"
Stages = tuple[int, int]


def on(scores: RunScores, arm: str, domain: str) -> PairedAnswers:
    """Answers of the base model and of the arm's end."""
    return pair(scores, domain, _end(scores, arm), Moment(BASE, 0))


def score(scores: RunScores, arm: str, domain: str, expected: Sign, what: str, by: Stages | None = None) -> Comparison:
    """Of the primary metric; p holds the luck of the one draw of the base's answers, as the cliff report's does.

    `by`: (before, after) numbers of stages; by default from the base model to the arm's end.
    """
    first, last = by or (0, len(_stages(scores, arm)))
    before, after = Moment(arm, first), Moment(arm, last)
    change = changes(scores, domain, after, before)
    if change is None:
        return compared(what, expected, NOT_DONE)
    return compared(what, expected, change, p_of(change, pair(scores, domain, after, before)))


def careful_p(change: Array) -> float | None:
    """Of (seeds, items), with two items more, as the report's intervals of what is mostly 0 or 1 count them."""
    if len(change) < FEWEST:
        return None
    middle = change.mean(axis=1, keepdims=True)
    return p_value({"": np.hstack([change, middle + 1, middle - 1])})


def reference(scores: RunScores, arm: str, domain: str, what: str) -> Comparison:
    """Of the reference answers' bits over the items' mean bytes; above 0: less likely than before."""
    both = on(scores, arm, domain)
    nll, size = both.items("reference_nll"), both.items("reference_bytes")
    if nll is None or size is None:
        return compared(what, 1, "the likelihood of references was not kept" if both.after else NOT_DONE)
    before, after = (
        nats / log(2) / bytes_.mean(axis=-1, keepdims=True) for nats, bytes_ in zip(nll, size, strict=True)
    )
    return compared(what, 1, after - before)


def entropy(scores: RunScores, arm: str, domain: str, expected: Sign, what: str) -> Comparison:
    """Of own samples, nats per token."""
    before, now = scores.entropies(BASE, 0), scores.entropies(arm, -1)
    kept = [seed for seed in now if seed in before and domain in now[seed] and domain in before[seed]]
    if not kept:
        return compared(what, expected, NOT_DONE if not now else "own samples were not asked for")
    return compared(what, expected, np.stack([now[seed][domain] - before[seed][domain] for seed in kept]))


def calibrated(scores: RunScores, arm: str, domain: str) -> tuple[Comparison, ...]:
    """Brier score (worse above 0), distance of mean confidence from accuracy (worse above 0), AUROC (worse below 0)."""
    both = on(scores, arm, domain)
    found = forecast(both) if both.after else NOT_DONE
    named = f"{arm} on {domain}"
    if isinstance(found, str):
        return tuple(
            compared(f"{named}: {name}", -1 if name == "auroc" else 1, found) for name in ("brier", GAP, "auroc")
        )
    return (
        compared(f"{named}: brier", 1, _by_item(found, calibration.brier)),
        compared(f"{named}: {GAP}", 1, _gap(found)),
        compared(f"{named}: auroc", -1, _auroc(found)),
    )


def _by_item(found: Forecast, of: Callable[[Array, Array], Array]) -> Array:
    before, after = (of(c, z).mean(axis=-1) for c, z in zip(found.confidence, found.right, strict=True))
    return np.asarray(after - before, dtype=np.float64)


def _gap(found: Forecast) -> Array:
    """Of |mean c − mean z|: each model's items count by the side on which its mean lies, over all seeds."""
    before, after = (
        side * np.sign(side.mean())
        for side in ((c - z).mean(axis=-1) for c, z in zip(found.confidence, found.right, strict=True))
    )
    return np.asarray(after - before, dtype=np.float64)


def _auroc(found: Forecast) -> Array | str:
    sides = found.pseudo(auroc)
    return sides if isinstance(sides, str) else np.asarray(sides[1] - sides[0], dtype=np.float64)


def _end(scores: RunScores, arm: str) -> Moment:
    """After the arm's last stage."""
    return Moment(arm, len(_stages(scores, arm)))


def _stages(scores: RunScores, arm: str) -> tuple[Stage, ...]:
    return next(one.stages for one in scores.inputs.schedules if one.name == arm)
