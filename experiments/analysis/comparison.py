"""Schedule against baseline on the test split: paired over seeds and items, with a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from domains.frozen import Frozen
from domains.interval import Interval
from scheduler.measurements import Array
from scheduler.statistics import bootstrap, draw, stretch, stretched

Flags = npt.NDArray[np.bool_]
Verdict = Literal["better", "worse", "indistinguishable", "underpowered"]
SMALLEST_GAIN = 0.02
"""The smallest relative gain that matters: within ± this two arms count as equally good."""
ItemScores = Mapping[str, Array]
"""domain → (seeds, items) on the test split, aligned over arms. A seed that failed is a row of NaN."""


class Comparison(Frozen):
    """One arm against one baseline. Gains are of the weighted mean over domains."""

    arm: str
    baseline: str
    absolute_gain: float | None
    relative_gain: Interval
    """(arm − baseline) / baseline; missing where nothing was paired or the baseline scores 0."""
    verdict: Verdict
    items: int
    """Test items, all domains together."""
    note: str = ""
    """What the interval does not tell: seeds that failed, or that there was but one."""

    @property
    def seeds(self) -> int:
        """Seeds in which both finished."""
        return self.relative_gain.n


def compare(
    arm: str,
    baseline: str,
    arm_scores: ItemScores,
    base_scores: ItemScores,
    weights: Mapping[str, float],
    *,
    smallest: float = SMALLEST_GAIN,
    resamples: int = 2000,
    seed: int = 0,
) -> Comparison:
    """`better` or `worse` if the interval of the relative gain excludes 0; `indistinguishable` if all of it
    lies within ± `smallest`; else `underpowered`. Weights are normalised; intervals are not corrected for the
    number of comparisons.
    """
    paired = finished(arm_scores) & finished(base_scores)
    items = sum(block.shape[1] for block in arm_scores.values())
    if not paired.any():
        return _without_gain(arm, baseline, items, Interval.unknown("no seed finished in both arms"))
    ours, theirs = _weighted(arm_scores, weights, paired), _weighted(base_scores, weights, paired)
    absolute = _total(ours) - _total(theirs)
    if _total(theirs) <= 0:
        gain = Interval.unknown("the baseline scores 0, so nothing is relative to it", int(paired.sum()))
        return _without_gain(arm, baseline, items, gain).model_copy(update={"absolute_gain": absolute})
    gain = _relative(ours, theirs, resamples, seed)
    return Comparison(
        arm=arm,
        baseline=baseline,
        absolute_gain=absolute,
        relative_gain=gain,
        verdict=decide(gain, smallest),
        items=items,
        note=_note(paired),
    )


def decide(gain: Interval, smallest: float = SMALLEST_GAIN) -> Verdict:
    """The verdict for a relative gain; without an interval it is `underpowered`."""
    if gain.sign:
        return "better" if gain.sign > 0 else "worse"
    within = gain.ends is not None and -smallest <= gain.ends[0] and gain.ends[1] <= smallest
    return "indistinguishable" if within else "underpowered"


def finished(scores: ItemScores) -> Flags:
    """Which seeds have a score in every domain: booleans (seeds,)."""
    complete = np.stack([~np.isnan(block).any(axis=1) for block in scores.values()])
    return np.asarray(complete.all(axis=0), dtype=np.bool_)


def _weighted(scores: ItemScores, weights: Mapping[str, float], seeds: Flags) -> dict[str, Array]:
    total = sum(weights[name] for name in scores)
    return {name: block[seeds] * (weights[name] / total) for name, block in scores.items()}


def _total(blocks: ItemScores) -> float:
    return float(sum(block.mean() for block in blocks.values()))


def _relative(ours: ItemScores, theirs: ItemScores, resamples: int, seed: int) -> Interval:
    """Interval of the ratio − 1: bootstrap of the ratio, degrees of freedom from its linear part."""
    draws = draw(ours, resamples=resamples, seed=seed)
    ratio = _total(ours) / _total(theirs)
    # A resample of a near-zero baseline may reach 0; the floor keeps its ratio finite, and the interval wide.
    baseline = bootstrap(theirs, draws)
    below = np.maximum(baseline, 1e-9)
    linear = {name: ours[name] - ratio * theirs[name] for name in ours}
    # The difference over the baseline, so that equal arms stay equal where the floor is met.
    return stretched(ratio - 1, (bootstrap(ours, draws) - baseline) / below, stretch(linear), draws.count)


def _without_gain(arm: str, baseline: str, items: int, gain: Interval) -> Comparison:
    return Comparison(
        arm=arm,
        baseline=baseline,
        absolute_gain=None,
        relative_gain=gain,
        verdict=decide(gain),
        items=items,
    )


def _note(paired: Flags) -> str:
    parts = []
    if paired.sum() == 1:
        parts.append("One seed: the interval covers test items, not the noise of training.")
    if not paired.all():
        parts.append(f"{int((~paired).sum())} of {len(paired)} seeds failed in one of the arms.")
    return " ".join(parts)
