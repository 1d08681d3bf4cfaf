"""Are many differences 0 together? By their size, against what noise alone would give.

Each cell (an effect's change, a gap) is a sum of differences that rest on a training run each, its `parts`. Their
size is resampled with the truth taken off: seeds are drawn anew for every run, by the same weights for all cells that
it enters, items for all cells alike (scheduler/statistics/resampling.py). So what runs and items have in common stays
in common. Where stages carry on the luck of those before, cells vary less than independent runs would; the seeds' part
is scaled to that.

The size is the root mean square. (The mean of absolute values comes out too small for noise whose deviations are known
from few seeds only: 8 % of false alarms instead of 5 at two and three seeds.) The variance of runs is itself uncertain,
so the part of seeds in resample r is stretched by √(ν/χ²(ν)), with ν the degrees of freedom of all runs together by
Satterthwaite. Noise of single answers is in both parts; it is taken off the items' part, as far as analysis of
variance finds it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array, Path
from scheduler.plan import Departure
from scheduler.statistics.intervals import LEVEL, spread
from scheduler.statistics.resampling import item_weights, seed_weights

RESAMPLES = 2000
POWER = 0.8
STEPS = 30
DIGITS = 12
"""Sizes are compared to this many decimals, so that rounding errors are no departure."""


@dataclass(frozen=True, eq=False)
class Cell:
    """Something that should be 0, on one domain's items."""

    domain: str
    parts: Mapping[Path, Array]
    """The path whose last run each part rests on → (seeds, items); the cell is the mean of their sum."""

    @property
    def whole(self) -> Array:
        """(seeds, items)."""
        return np.asarray(sum(self.parts.values()))


def departure(cells: Sequence[Cell], *, resamples: int = RESAMPLES) -> Departure:
    """Whether they are further from 0 than noise; two seeds at least."""
    size = round(float(_size(np.array([cell.whole.mean() for cell in cells]))), DIGITS)
    if next(iter(cells[0].parts.values())).shape[0] < 2:
        why = "one seed cannot tell a change from what chance does to a training run"
        return Departure(size=size, cells=len(cells), missing=why)
    noise = _by_seed(cells, resamples) + _by_item(cells, resamples)
    sizes = np.round(_size(noise), DIGITS)
    return Departure(
        size=size,
        noise=float(sizes.mean()),
        p=float((1 + np.count_nonzero(sizes >= size)) / (resamples + 1)),
        detectable=_detectable(noise),
        cells=len(cells),
    )


def _by_seed(cells: Sequence[Cell], resamples: int) -> Array:
    """Deviations from the seeds, (resamples, cells)."""
    runs = sorted({path for cell in cells for path in cell.parts})
    seeds = cells[0].whole.shape[0]
    weights = {path: seed_weights(seeds, resamples, at) for at, path in enumerate(runs)}
    found = np.stack(
        [np.sum([weights[path] @ part.mean(axis=1) for path, part in cell.parts.items()], axis=0) for cell in cells],
        axis=1,
    )
    freedom = _freedom(cells, runs, seeds)
    stretch = np.sqrt(freedom / np.random.default_rng(len(runs)).chisquare(freedom, resamples))
    return np.asarray(found * stretch[:, None] * _carried(cells))


def _carried(cells: Sequence[Cell]) -> float:
    """How much smaller the cells' deviations by seed are than those of independent runs, since stages carry luck on."""
    whole = sum(_variance(cell.whole) for cell in cells)
    parts = sum(_variance(part) for cell in cells for part in cell.parts.values())
    return float(np.sqrt(whole / parts)) if parts > 0 else 1.0


def _freedom(cells: Sequence[Cell], runs: Sequence[Path], seeds: int) -> float:
    """Satterthwaite's, of the sum over runs of what each adds to the cells' variance by seed."""
    parts = np.array([sum(_variance(cell.parts[path]) for cell in cells if path in cell.parts) for path in runs])
    return float((seeds - 1) * parts.sum() ** 2 / (parts**2).sum()) if parts.any() else 1.0


def _variance(part: Array) -> float:
    """Of its seeds' means."""
    return float(part.mean(axis=1).var(ddof=1))


def _by_item(cells: Sequence[Cell], resamples: int) -> Array:
    """Deviations from the items, (resamples, cells)."""
    blocks = {cell.domain: cell.whole for cell in cells}
    weights = {name: item_weights(name, block.shape[1], resamples) for name, block in blocks.items()}
    share = {name: _share([cell.whole for cell in cells if cell.domain == name]) for name in blocks}
    return np.stack([share[cell.domain] * weights[cell.domain] @ cell.whole.mean(axis=0) for cell in cells], axis=1)


def _share(wholes: Sequence[Array]) -> float:
    """How much of the items' deviations is not noise of single cells, of their standard deviation."""
    means = sum(float(whole.mean(axis=0).var(ddof=1)) / whole.shape[1] for whole in wholes if whole.shape[1] > 1)
    items = sum(spread({"": whole}).by_item for whole in wholes)
    return float(np.sqrt(min(1.0, items / means))) if means > 0 else 0.0


def _detectable(noise: Array) -> float:
    """The size of normal truths that exceeds what 5 % of the noise does, in `POWER` of the resamples."""
    needed = float(np.quantile(_size(noise), LEVEL))
    truths = np.random.default_rng(0).standard_normal(noise.shape)
    low, high = 0.0, 10 * needed
    for _ in range(STEPS):
        middle = (low + high) / 2
        seen = float(np.mean(_size(noise + middle * truths) > needed)) >= POWER
        low, high = (low, middle) if seen else (middle, high)
    return high


def _size(cells: Array) -> Array:
    """Root mean square over cells, (…, cells) → (…)."""
    return np.asarray(np.sqrt((cells**2).mean(axis=-1)))
