"""How often a fall gets the verdict that the way to it deserves: by simulation, for `benchmarks.cliffs`.

A stage of the simulated arm takes nats from one domain's references, in one step at a place of each seed's own or along
a line, and an answer is right as likely as its reference is. It is measured at eleven points on 64 validation items;
the fall itself is tested on 120 others, among the arm's 28 contrasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import log
from typing import Literal

import numpy as np

from benchmarks.cliff_worlds import DOMAINS, ITEMS, SEEDS, TESTS, Drawn, Key, World, drawn, sure
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.model import CliffVerdict, Steepness
from experiments.analysis.cliffs.moments import OfItems
from experiments.analysis.cliffs.steepness import steepness
from experiments.nodes.course import Course, Point, PointScores
from scheduler.measurements import Array

POINTS, MEASURED = 11, 64
START = 0.3
"""Nats of the references before, so that .74 of the answers are right."""
UNLIKE, LUCK = 0.3, 0.05
"""Standard deviations of what items, and seeds, multiply nats by."""
HURT: Key = (1, 0, 0)


@dataclass(frozen=True)
class Way:
    """How the first stage takes nats from the first domain."""

    shape: Literal["step", "line"]
    nats: float
    """What the references have lost at its end; 0: nothing."""
    samples: int = 4
    seeds: int = 5

    @property
    def fall(self) -> float:
        """Of the share of right answers, of an item that is like the mean."""
        return float(np.exp(-START) - np.exp(-START - self.nats))

    @property
    def name(self) -> str:
        """As the tables' rows have it."""
        how = f"{self.nats:.1f} nats lost in a {self.shape}, a fall of {self.fall:.2f}" if self.nats else "nothing lost"
        return f"{how}, {self.samples} an item"

    def left(self, done: Array, place: float) -> Array:
        """Nats of the references at these shares of the stage."""
        return np.asarray(START + self.nats * ((done > place) if self.shape == "step" else done), dtype=np.float64)


def falling_by(fall: float) -> float:
    """Nats that make this fall."""
    return -START - log(np.exp(-START) - fall)


SOUND = (Way("line", 0.0, 1), Way("line", 0.0, 4))
STEPS = tuple(Way("step", falling_by(fall), samples) for samples, fall in product((1, 4), (0.1, 0.2, 0.4)))
SLIDES = tuple(Way("line", nats, samples) for samples, nats in product((1, 4), (5.0, 10.0, 20.0)))
FADES = tuple(Way("line", falling_by(fall), samples) for samples, fall in product((1, 4), (0.1, 0.2, 0.4)))


@dataclass(frozen=True)
class Read(Drawn):
    """With the likelihood of its references, of 5 bytes each."""

    nats: tuple[Array, Array]

    def items(self, field: OfItems) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items)."""
        sizes = (np.full_like(self.nats[0], 5.0), np.full_like(self.nats[1], 5.0))
        return {"reference_nll": self.nats, "reference_bytes": sizes}.get(field)


def kinds(simulations: int, few: int) -> dict[str, dict[str, float]]:
    """Rates by world and number of seeds; `few` runs where something is lost."""
    sound = {name: list(arms) for name, arms in _runs(SOUND, simulations)}
    steps, slides, fades = ({name: list(arms) for name, arms in _runs(ways, few)} for ways in (STEPS, SLIDES, FADES))
    return {
        **{f"false_alarm_{kind}": _any(sound, kind) for kind in ("real_cliff", "metric_artifact", "gradual_loss")},
        "false_real_cliff": _first(slides | fades, "real_cliff"),
        "false_metric_artifact": _first(steps | fades, "metric_artifact"),
        "false_gradual_loss": _first(steps | slides, "gradual_loss"),
        "power_real_cliff": _first(steps, "real_cliff"),
        "power_metric_artifact": _first(slides, "metric_artifact"),
        "power_gradual_loss": _first(fades, "gradual_loss"),
    }


def _any(arms: Mapping[str, Sequence[Mapping[Key, CliffVerdict]]], verdict: CliffVerdict) -> dict[str, float]:
    return {name: round(float(np.mean([verdict in one.values() for one in each])), 4) for name, each in arms.items()}


def _first(arms: Mapping[str, Sequence[Mapping[Key, CliffVerdict]]], verdict: CliffVerdict) -> dict[str, float]:
    return {name: round(float(np.mean([one.get(HURT) == verdict for one in each])), 4) for name, each in arms.items()}


def _runs(ways: Sequence[Way], simulations: int) -> Iterator[tuple[str, Iterator[Mapping[Key, CliffVerdict]]]]:
    for way, seeds in product(ways, SEEDS):
        rng = np.random.default_rng(0)
        each = replace(way, seeds=seeds)
        yield f"{way.name}, {seeds} seeds", (verdicts(rng, each) for _ in range(simulations))


def verdicts(rng: np.random.Generator, way: Way) -> dict[Key, CliffVerdict]:
    """Those of one arm that are sure. Its other contrasts, and all where nothing is lost, are of sound models; where
    something is, only the domain that lost it is drawn, and the others' contrasts count as not sure."""
    world = World(level=float(np.exp(-START)), samples=way.samples, seeds=way.seeds)
    pairs: dict[Key, Drawn] = drawn(rng, world, 1 if way.nats else DOMAINS)
    if way.nats:
        pairs[HURT] = _pair(rng, way)
    return {
        key: contrast(pairs[key].change, read(rng, pairs[key]), p, steep(rng, way, key)).verdict
        for key, p in sure(pairs, TESTS - len(pairs)).items()
    }


def read(rng: np.random.Generator, pair: Drawn) -> Read:
    """The pair with references, which of sound models are as likely after as before but for the luck of training."""
    if isinstance(pair, Read):
        return pair
    seeds, items, _ = pair.scores[0].shape
    like = np.clip(1 + rng.normal(0, UNLIKE, (1, items)), 0.1, None)
    before, after = (START * like * (1 + rng.normal(0, LUCK, (seeds, 1))) for _ in range(2))
    return Read(pair.scores, pair.found, (before, after))


def _pair(rng: np.random.Generator, way: Way) -> Read:
    """One draw of the base for all seeds, and the end of the stage."""
    like = np.clip(1 + rng.normal(0, UNLIKE, (1, ITEMS)), 0.1, None)
    base = np.repeat(START * like, way.seeds, axis=0)
    after = (START + way.nats) * like * (1 + rng.normal(0, LUCK, (way.seeds, 1)))
    said = rng.random((1, ITEMS, way.samples)) < np.exp(-base[:1])[..., None]
    now = rng.random((way.seeds, ITEMS, way.samples)) < np.exp(-after)[..., None]
    scores = np.repeat(said, way.seeds, axis=0).astype(float), now.astype(float)
    return Read(scores, (np.ones_like(scores[0]), np.ones_like(scores[1])), (base, after))


def steep(rng: np.random.Generator, way: Way, key: Key) -> Steepness | None:
    """Of a contrast that spans one stage."""
    stage, start, domain = key
    if start != stage - 1:
        return None
    went = way if key == HURT else replace(way, nats=0.0)
    return steepness([_course(rng, went, str(domain)) for _ in range(way.seeds)], str(domain))


def _course(rng: np.random.Generator, way: Way, domain: str) -> Course:
    like = np.clip(1 + rng.normal(0, UNLIKE, MEASURED), 0.1, None) * (1 + rng.normal(0, LUCK))
    done = np.linspace(0, 1, POINTS)
    nats = way.left(done, rng.uniform(0.15, 0.85))[:, None] * like
    right = (rng.random((POINTS, MEASURED, way.samples)) < np.exp(-nats)[..., None]).mean(axis=-1)
    points = tuple(
        Point(step=at, domains={domain: PointScores(scores=tuple(score), nats=tuple(nat))})
        for at, (score, nat) in enumerate(zip(right.tolist(), nats.tolist(), strict=True))
    )
    return Course(points=points, trained={domain: 1.0}, sizes={domain: 5 * MEASURED}, most=0.1, kept=POINTS - 1)
