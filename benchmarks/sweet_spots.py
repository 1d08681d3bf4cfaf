"""How often a stage is said to have a sweet spot that it has not: by simulation, with the functions of the ten claims.

    python -m benchmarks.sweet_spots [--simulations 100]

A stage is measured at its start and ten points after it, on 64 items of three domains, its own and two others. Answers
are right or wrong. Its own score rises for three points by .15, and stays there. At each point a training run differs
by chance: its own score by this standard deviation, the likelihood of references likewise. Which point is best is
chosen by some seeds and items and read off on others. Prints a table and then one line of JSON; rates are of tests at
5 %, two-sided, that come out on the side that is claimed:

    false_fell     its own score fell from the best point to the end, where it stays
    false_gained   it gained at the best point, where it never does
    false_gained_greedy  the same of greedy answers, .02 of them right, which all seeds have in common at the start
    false_beyond   another domain lost more than is allowed, where two lose just that
    power_fell     its own score fell, where it falls by .15 from the fourth point to the end
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from math import log
from typing import Any

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.claims.model import compared
from benchmarks.claims.ways import Tested, beyond, fell_since, gained
from benchmarks.cliff_tables import show
from experiments.nodes.course import Course, Point, PointScores
from scheduler.measurements import Array

SIMULATIONS = 100
SEEDS = (3, 5)
WOBBLES = (0.0, 0.03, 0.06)
POINTS, ITEMS, RISES, BYTES = 10, 64, 3, 5
ALLOWED = 0.1
Found = Callable[[Sequence[Course]], Tested]


@dataclass(frozen=True)
class Stage:
    """What is true of it."""

    wobble: float
    seeds: int
    rise: float = 0.15
    fall: float = 0.0
    """From point `RISES` + 1 to the end, of its own score."""
    level: float | None = None
    """Chance of a right answer to every item before, where answers are greedy; None: .2 to .6, and they are drawn."""
    loss: float = 0.0
    """Of both others' references at the end, bits per byte."""

    def gain(self, point: int) -> float:
        """Of its own score since the start."""
        return self.rise * min(1.0, point / RISES) - self.fall * max(0, point - RISES) / (POINTS - RISES)


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by how much runs differ by chance and number of seeds."""
    asked: dict[str, tuple[dict[str, Any], Found, int]] = {
        "false_fell": ({}, _fell, -1),
        "false_gained": ({"rise": 0.0}, gained, 1),
        "false_gained_greedy": ({"rise": 0.0, "level": 0.02}, gained, 1),
        "false_beyond": ({"loss": ALLOWED}, beyond, 1),
        "power_fell": ({"fall": 0.15}, _fell, -1),
    }
    with ProcessPoolExecutor(len(asked)) as pool:
        jobs = {
            key: {
                f"wobble {wobble:g}, {seeds} seeds": pool.submit(
                    _rate, Stage(wobble, seeds, **true), found, sign, simulations
                )
                for wobble, seeds in product(WOBBLES, SEEDS)
            }
            for key, (true, found, sign) in asked.items()
        }
        rates = {key: {name: job.result() for name, job in each.items()} for key, each in jobs.items()}
    return {"simulations": simulations, **rates}


def _fell(ways: Sequence[Course]) -> Tested:
    return Tested(fell_since(ways))


def _rate(stage: Stage, found: Found, sign: int, simulations: int) -> float:
    rng = np.random.default_rng(0)
    each = (compared("", 1, *found(drawn(rng, stage))) for _ in range(simulations))
    return round(
        float(np.mean([one.p is not None and one.p <= 0.05 and one.change.value * sign > 0 for one in each])), 4
    )


def drawn(rng: np.random.Generator, stage: Stage) -> list[Course]:
    """One for each seed; items are as hard for all."""
    ease = rng.uniform(0.2, 0.6, ITEMS) if stage.level is None else np.full(ITEMS, stage.level)
    like = np.clip(1 + rng.normal(0, 0.3, (2, ITEMS)), 0.1, None)
    start = None if stage.level is None else _own(rng, ease)
    return [_course(rng, stage, ease, like, start) for _ in range(stage.seeds)]


def _course(rng: np.random.Generator, stage: Stage, ease: Array, like: Array, start: PointScores | None) -> Course:
    return Course(
        points=tuple(
            Point(
                step=at,
                domains={
                    "own": start
                    if start and not at
                    else _own(rng, ease + stage.gain(at) + bool(at) * rng.normal(0, stage.wobble)),
                    **{
                        name: _other(rng, like[which], stage.loss * at / POINTS, bool(at) * stage.wobble)
                        for which, name in enumerate(("one", "two"))
                    },
                },
            )
            for at in range(POINTS + 1)
        ),
        trained={"own": 1.0},
        sizes=dict.fromkeys(("one", "two"), ITEMS * BYTES),
        most=ALLOWED,
        kept=POINTS,
    )


def _own(rng: np.random.Generator, chance: Array) -> PointScores:
    return PointScores(scores=tuple((rng.random(ITEMS) < chance).astype(float).tolist()), nats=())


def _other(rng: np.random.Generator, like: Array, lost: float, wobble: float) -> PointScores:
    """`lost`: bits per byte; `wobble` of the same."""
    nats = like + (lost + rng.normal(0, wobble)) * BYTES * log(2) * like / like.mean()
    return PointScores(scores=(0.0,) * ITEMS, nats=tuple(nats.tolist()))


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    return show(measure, __doc__, ["--simulations", str(SIMULATIONS), *arguments])


if __name__ == "__main__":
    main(arguments(__doc__))
