"""Simulated arms for `benchmarks.cliffs`: four stages, four domains of 120 items, answers right or wrong."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.model import CliffVerdict
from experiments.analysis.cliffs.moments import OfAnswers, OfItems
from experiments.analysis.comparing.family import ALPHA
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm

STAGES, DOMAINS, ITEMS = 4, 4, 120
TESTS = (2 * STAGES - 1) * DOMAINS
"""Contrasts of an arm."""
SEEDS = (3, 5, 10)
LUCK = 0.02
"""Standard deviation of what a training run adds to the chance of a right answer, where that is one half."""
SPREAD = 0.3
"""Items of one domain differ by this much to both sides where there is room; near 0 and 1 they are alike."""
LEAST = 3.0
"""A change of fewer standard errors, of the items' means alone, has p above .05 / 16 with 120 items and .05 / 11 with
40, since no interval of the product's is narrower: it is not sure while so many others are not, and its p need not be
known."""
Key = tuple[int, int, int]
"""(stage, the stage before or 0 for the base, domain)."""
Named = TypeVar("Named", bound=Hashable)


@dataclass(frozen=True)
class World:
    """What is true of a run; what is lost, the first stage takes from the first domain."""

    level: float = 0.5
    """Mean chance of a right answer."""
    samples: int = 1
    seeds: int = 5
    drop: float = 0.0
    """How far that chance falls."""
    form: float = 1.0
    """Share of answers still in the right form."""

    @property
    def name(self) -> str:
        """As the tables' rows have it."""
        return f"base {self.level:g}, {self.samples} an item"


@dataclass(frozen=True)
class Drawn:
    """Answers of one domain at two moments."""

    scores: tuple[Array, Array]
    found: tuple[Array, Array]

    def answers(self, field: OfAnswers) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items, samples)."""
        return {"scores": self.scores, "executed": self.scores, "found": self.found}.get(field)

    def items(self, field: OfItems) -> tuple[Array, Array] | None:
        """None is kept."""
        return None

    @cached_property
    def change(self) -> Array:
        """Of the score, (seeds, items)."""
        before, after = self.scores
        return np.asarray(after.mean(axis=-1) - before.mean(axis=-1), dtype=np.float64)


def sure(pairs: Mapping[Named, Drawn], others: int = 0) -> dict[Named, float]:
    """p, corrected as the report corrects it, of the contrasts of one page that are sure; `others`: how many more there
    are that are not drawn and that count as not sure."""
    moved = {key: change for key, pair in pairs.items() if _may_be_sure(change := pair.change)}
    if not moved:
        return {}
    ps: dict[Any, float | None] = dict.fromkeys((*range(others), *pairs), 1.0)
    ps |= {key: p_of(change, pairs[key]) for key, change in moved.items()}
    return {key: p for key, p in holm(ps).items() if p <= ALPHA}


def verdicts(pairs: Mapping[Key, Drawn]) -> dict[Key, CliffVerdict]:
    """Those that are sure, as the report gives them."""
    return {key: contrast(pairs[key].change, pairs[key], p).verdict for key, p in sure(pairs).items()}


def told(pairs: Mapping[Key, Drawn], key: Key) -> CliffVerdict:
    """The verdict of one of them, sure or not; contrasts of an arm that are not drawn count as not sure."""
    return contrast(pairs[key].change, pairs[key], sure(pairs, TESTS - len(pairs)).get(key, 1.0)).verdict


def _may_be_sure(change: Array) -> bool:
    means = change.mean(axis=0)
    middle, count = means.mean(), len(means)
    centred = means - middle
    return bool(abs(middle) > LEAST * np.sqrt(centred @ centred / (count - 1) / count))


def drawn(rng: np.random.Generator, world: World, domains: int = DOMAINS) -> dict[Key, Drawn]:
    """One arm: every stage against the base and against the stage before, on the first so many domains."""
    pairs = {}
    for domain in range(domains):
        room = min(SPREAD, world.level, 1 - world.level) if 0.2 < world.level < 0.8 else 0.0
        ease = world.level + rng.uniform(-room, room, (1, ITEMS))
        base = _model(rng, ease, 1, world.samples)
        hurt = domain == 0
        after = np.clip(ease - world.drop * hurt, 0.0, 1.0)
        luck = [LUCK * 4 * after * (1 - after) * rng.normal(size=(world.seeds, 1)) for _ in range(STAGES)]
        models = [
            (np.repeat(base[0], world.seeds, axis=0), np.repeat(base[1], world.seeds, axis=0)),
            *(
                _model(rng, np.clip(after + one, 0.0, 1.0), world.seeds, world.samples, world.form if hurt else 1.0)
                for one in luck
            ),
        ]
        for stage in range(1, STAGES + 1):
            for start in sorted({0, stage - 1}):
                scores, found = zip(models[start], models[stage], strict=True)
                pairs[stage, start, domain] = Drawn(scores, found)
    return pairs


def _model(rng: np.random.Generator, chance: Array, seeds: int, samples: int, form: float = 1.0) -> tuple[Array, Array]:
    """Scores and what was found, each (seeds, items, samples)."""
    shape = (seeds, chance.shape[1], samples)
    found = (rng.random(shape) < form).astype(float)
    return (rng.random(shape) < chance[..., None]) * found, found
