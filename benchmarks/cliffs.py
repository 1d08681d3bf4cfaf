"""How often the cliff report calls a sound model damaged, and what damage it finds: by simulation, with the product's
own verdicts.

    python -m benchmarks.cliffs [--simulations 1000]

An arm has four stages and four domains of 120 items, so 28 contrasts. Answers are right or wrong. The base model is
drawn once, as in a run, and all seeds are held against it. Prints tables and then one line of JSON. Keys that begin
with `false` hold rates of errors:

    false_drops      at least one real drop or loss of form alone in an arm in which nothing changes
    false_gains      at least one gain in such an arm
    false_real       form alone is lost, and the contrast that lost it is called a real drop
    false_form_only  ability is lost, and form beside it, and the contrast is called one of form alone

`power` is how often a fall by the first stage, in one of the four domains, is called a real drop against the base.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.model import Verdict
from experiments.analysis.cliffs.moments import OfAnswers
from experiments.analysis.family import ALPHA
from scheduler.measurements import Array
from scheduler.statistics import holm

SIMULATIONS = 1000
OF_DAMAGE = 4
"""So many times fewer arms are drawn where something is lost: the rates are large, and need not be known so well."""
STAGES, DOMAINS, ITEMS = 4, 4, 120
LUCK = 0.02
"""Standard deviation of what a training run adds to the chance of a right answer, where that is one half."""
SPREAD = 0.3
"""Items of one domain differ by this much to both sides where there is room; near 0 and 1 they are alike."""
Key = tuple[int, int, int]
"""(stage, the stage before or 0 for the base, domain)."""


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


FALSE = tuple(World(level, samples) for level, samples in product((0.02, 0.05, 0.5, 0.95, 0.98), (1, 4)))
SEEDS = (3, 5, 10)
FALLS = tuple(
    World(level, samples, drop=drop) for level, samples, drop in product((0.5, 0.95), (1, 4), (0.05, 0.1, 0.2))
)
FORMS = tuple(World(samples=samples, form=form) for samples, form in product((1, 4), (0.7, 0.3)))
BOTH = tuple(World(samples=samples, drop=0.2, form=form) for samples, form in product((1, 4), (0.7, 0.5, 0.3)))


@dataclass(frozen=True)
class Drawn:
    """Answers of one domain at two moments."""

    scores: tuple[Array, Array]
    found: tuple[Array, Array]

    def answers(self, field: OfAnswers) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items, samples)."""
        return {"scores": self.scores, "found": self.found}.get(field)

    @property
    def change(self) -> Array:
        """Of the score, (seeds, items)."""
        before, after = self.scores
        return np.asarray(after.mean(axis=-1) - before.mean(axis=-1), dtype=np.float64)


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by world and number of seeds."""
    few = max(1, simulations // OF_DAMAGE)
    sound = {_named(world): list(_arms(world, simulations)) for world in _each(FALSE)}
    return {
        "simulations": simulations,
        "false_drops": {
            name: _share([bool({*_all(one)} & {"real_drop", "form_lost", "form_only"}) for one in arms])
            for name, arms in sound.items()
        },
        "false_gains": {name: _share(["gain" in _all(one) for one in arms]) for name, arms in sound.items()},
        "false_real": _of_first(FORMS, "real_drop", few),
        "false_form_only": _of_first(BOTH, "form_only", few),
        "power": _of_first(FALLS, "real_drop", few),
    }


def _of_first(worlds: Sequence[World], verdict: Verdict, simulations: int) -> dict[str, float]:
    """How often the first stage's contrast on the first domain gets this verdict."""
    return {
        _named(world): _share([one.get((1, 0, 0)) == verdict for one in _arms(world, simulations)])
        for world in _each(worlds)
    }


def _each(worlds: Sequence[World]) -> Iterator[World]:
    for world in worlds:
        yield from (replace(world, seeds=seeds) for seeds in SEEDS)


def _arms(world: World, simulations: int) -> Iterator[Mapping[Key, Verdict]]:
    """The sure verdicts of so many runs."""
    rng = np.random.default_rng(0)
    for _ in range(simulations):
        yield verdicts(drawn(rng, world))


def verdicts(pairs: Mapping[Key, Drawn]) -> dict[Key, Verdict]:
    """Those that are sure, as the report gives them."""
    ps = {key: p_of(pair.change, pair) for key, pair in pairs.items()}
    sure = holm({repr(key): p for key, p in ps.items() if p is not None})
    return {
        key: contrast(pair.change, pair, sure[repr(key)]).verdict
        for key, pair in pairs.items()
        if sure.get(repr(key), 1.0) <= ALPHA
    }


def drawn(rng: np.random.Generator, world: World) -> dict[Key, Drawn]:
    """One arm: every stage against the base and against the stage before."""
    pairs = {}
    for domain in range(DOMAINS):
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


def _all(found: Mapping[Key, Verdict]) -> set[Verdict]:
    return set(found.values())


def _share(flags: Sequence[bool]) -> float:
    return round(float(np.mean(flags)), 4)


def _named(world: World) -> str:
    lost = [f"ability −{world.drop:g}"] * bool(world.drop) + [f"form {world.form:g}"] * (world.form < 1)
    return ", ".join([world.name, *lost, f"{world.seeds} seeds"])


def tables(found: Mapping[str, Any]) -> str:
    """Markdown: a row a world, a column a number of seeds, rates in per cent."""
    lines = []
    for key, rates in found.items():
        if not isinstance(rates, dict):
            continue
        lines += [f"| {key} | {' | '.join(f'{seeds} seeds' for seeds in SEEDS)} |", "|---" * (len(SEEDS) + 1) + "|"]
        for name in dict.fromkeys(name.rsplit(", ", 1)[0] for name in rates):
            row = " | ".join(f"{100 * rates[f'{name}, {seeds} seeds']:.1f}" for seeds in SEEDS)
            lines.append(f"| {name} | {row} |")
        lines.append("")
    return "\n".join(lines)


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=SIMULATIONS)
    found = measure(parser.parse_args(arguments).simulations)
    print(tables(found))
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
