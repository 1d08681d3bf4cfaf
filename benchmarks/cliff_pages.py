"""How often a whole page on undamaged models holds a false verdict: by simulation, with the product's own verdicts.

    python -m benchmarks.cliff_pages [--simulations 1000]

A page has four domains and two arms, one of four stages and joint training in one stage, or, on every second page, a
third one of four stages. Domains have 40 to 150 items, one answer or four each, drawn anew for every page. All stages
are measured on their way, so that a sure fall can be called a cliff. All contrasts of a page are one family; beside it
stands how many pages would hold a false fall were each arm corrected by itself. Fewer than three seeds claim nothing,
and so a tenth of the pages is drawn with one and with two. Prints tables and then one line of JSON:

    false_page_real_cliff    a real cliff
    false_page_falls         any sure fall, whatever its kind
    false_page_gains         a gain
    false_page_falls_by_arm  a sure fall, were each arm a family of its own
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import Any

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.cliff_tables import SIMULATIONS, show
from benchmarks.cliff_ways import Way, read, steep
from benchmarks.cliff_worlds import DOMAINS, STAGES, Drawn, sure
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.model import CliffVerdict
from experiments.analysis.cliffs.verdicts import FALLS
from scheduler.measurements import Array
from scheduler.statistics.power import FEWEST

SEEDS = (1, 2, 3, 5, 10)
PARTS = 4
"""Processes that draw pages."""
OF_FEW = 10
"""So many times fewer pages are drawn with too few seeds to claim anything."""
FEWEST_ITEMS, MOST_ITEMS = 40, 150
ARMS = (STAGES, 1, STAGES)
"""Stages of each."""
LUCK = 0.02
"""Standard deviation of what a training run adds to the chance of a right answer, of one half."""
Place = tuple[int, int, int, int]
"""(arm, stage, the stage before or 0 for the base, domain)."""
Said = Callable[[np.random.Generator, Array, tuple[int, int, int]], Array]
"""Scores of answers, (seeds, items, samples), where an item's chance is (seeds, items)."""


def _right(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    return (rng.random(shape) < chance[..., None]).astype(float)


def _nearly(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    return (rng.random(shape) < 0.97).astype(float)


def _grades(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    return np.asarray(rng.binomial(4, np.broadcast_to(chance[..., None], shape)) / 4)


def _few(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    return rng.choice([0.0, 0.5, 1.0], p=[0.01, 0.02, 0.97], size=shape)


def _unlike(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    good = 0.45 + chance[..., None] + rng.normal(0, 0.01, shape)
    return np.where(rng.random(shape) < 0.02, 0.0, np.clip(good, 0.0, 1.0))


def _gated(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    return np.where(rng.random(shape) < 0.02, rng.random(shape), 0.0)


def _zero(rng: np.random.Generator, chance: Array, shape: tuple[int, int, int]) -> Array:
    return np.zeros(shape)


KINDS: Mapping[str, Sequence[Said]] = {
    "right or wrong, half are right": [_right] * DOMAINS,
    "right or wrong, .97 are right": [_nearly] * DOMAINS,
    "five grades, about the middle": [_grades] * DOMAINS,
    "0, .5 or 1, of which .97 are 1": [_few] * DOMAINS,
    "0 in .98, else anything": [_gated] * DOMAINS,
    "hardly two alike, .02 are 0": [_unlike] * DOMAINS,
    "all 0": [_zero] * DOMAINS,
    "one of each": [_right, _grades, _few, _zero],
}


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """Shares of pages, by what scores are like and number of seeds."""
    each = {f"{kind}, {seeds} seed{'s' * (seeds > 1)}": (kind, seeds) for kind, seeds in product(KINDS, SEEDS)}
    with ProcessPoolExecutor(PARTS) as pool:
        jobs = {name: pool.submit(_pages, kind, seeds, simulations) for name, (kind, seeds) in each.items()}
        found = {name: job.result() for name, job in jobs.items()}
    return {
        "simulations": simulations,
        "false_page_real_cliff": _shares(found, lambda said, _: "real_cliff" in said),
        "false_page_falls": _shares(found, lambda said, _: bool(said & FALLS)),
        "false_page_gains": _shares(found, lambda said, _: "gain" in said),
        "false_page_falls_by_arm": _shares(found, lambda _, by_arm: by_arm),
    }


def _pages(kind: str, seeds: int, simulations: int) -> list[tuple[set[CliffVerdict], bool]]:
    rng = np.random.default_rng(0)
    drawn = simulations if seeds >= FEWEST else max(2, simulations // OF_FEW)
    return [_page(rng, KINDS[kind], seeds, arms=2 + at % 2) for at in range(drawn)]


def _shares(
    found: Mapping[str, Sequence[tuple[set[CliffVerdict], bool]]], holds: Callable[[set[CliffVerdict], bool], bool]
) -> dict[str, float]:
    return {name: round(float(np.mean([holds(*page) for page in each])), 4) for name, each in found.items()}


def _page(
    rng: np.random.Generator, domains: Sequence[Said], seeds: int, *, arms: int
) -> tuple[set[CliffVerdict], bool]:
    """Verdicts that are sure, and whether one would be a fall were each arm a family."""
    pairs = dict(drawn_page(rng, domains, seeds, ARMS[:arms]))
    each = [{key: pair for key, pair in pairs.items() if key[0] == arm} for arm in range(arms)]
    by_arm = any(pairs[key].change.mean() < 0 for family in each for key in sure(family))
    said = set()
    for key, p in sure(pairs).items():
        way = Way("line", 0.0, pairs[key].scores[0].shape[-1], seeds)
        said.add(
            contrast(pairs[key].change, read(rng, pairs[key]), p, steep(rng, way, (key[1], key[2], key[3]))).verdict
        )
    return said, by_arm


def drawn_page(
    rng: np.random.Generator, domains: Sequence[Said], seeds: int, arms: Sequence[int]
) -> Iterator[tuple[Place, Drawn]]:
    samples = int(rng.choice([1, 4]))
    for domain, said in enumerate(domains):
        items = int(rng.integers(FEWEST_ITEMS, MOST_ITEMS + 1))
        ease = 0.5 + rng.uniform(-0.3, 0.3, (1, items))
        base = np.repeat(said(rng, ease, (1, items, samples)), seeds, axis=0)
        for arm, stages in enumerate(arms):
            luck = rng.normal(0, LUCK, (stages, seeds, 1))
            models = [base, *(said(rng, ease + one, (seeds, items, samples)) for one in luck)]
            for stage in range(1, stages + 1):
                for start in sorted({0, stage - 1}):
                    scores = models[start], models[stage]
                    there = np.ones_like(base)
                    yield (arm, stage, start, domain), Drawn(scores, (there, there))


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    return show(measure, __doc__, arguments)


if __name__ == "__main__":
    main(arguments(__doc__))
