"""How often a fall is called one of execution, and is: by simulation, with the product's own verdicts.

    python -m benchmarks.cliff_tools [--simulations 1000]

Arms as in `benchmarks.cliffs`: four stages, four domains of 120 items, 28 contrasts. An answer is right where its plan
is and no sum in it slips; .1 of all answers slip from the start. What tells is a calculator, tried on the first 100
items and one answer each, or sums that are done right afterwards, of every answer, or both. An answer calls the
calculator or not; of those that do .05 go on otherwise after it, with a plan drawn anew. Where something is lost only
the domain that lost it is drawn, and the others' contrasts count as not sure. Prints tables, then one line of JSON:

    false_alarm_execution_artifact   said anywhere in an arm in which nothing changes
    false_execution_artifact         plans go wrong, and the fall is called one of execution
    power_execution_artifact         sums slip, and the fall that they make is called so
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.cliff_tables import SIMULATIONS, show
from benchmarks.cliff_worlds import DOMAINS, ITEMS, LUCK, SEEDS, SPREAD, STAGES, TESTS, Drawn, Key, sure
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.model import CliffVerdict
from experiments.analysis.cliffs.moments import OfAnswers, OfItems
from scheduler.measurements import Array

ASKED = 100
"""Items that are tried with a calculator."""
SLIPS, LOOSE = 0.1, 0.05
HURT: Key = (1, 0, 0)
OF_DAMAGE = 10
"""So many times fewer arms are drawn where something is lost."""
Tells = Literal["calculator", "sums", "both"]


@dataclass(frozen=True)
class Aided:
    """What is true of a run; what is lost, the first stage takes from the first domain."""

    tells: Tells
    level: float = 0.6
    """Mean chance of a right plan."""
    samples: int = 4
    seeds: int = 5
    plan: float = 0.0
    """How far the chance of a right plan falls."""
    slip: float = 0.0
    """How far the score falls by sums that slip."""
    calls: float = 1.0
    """Share of answers that call the calculator."""

    @property
    def name(self) -> str:
        """As the tables' rows have it."""
        lost = [f"plans −{self.plan:g}"] * bool(self.plan) + [f"sums −{self.slip:g}"] * bool(self.slip)
        by = f"{self.tells}, {self.calls:.0%} call it" if self.calls < 1 else self.tells
        return ", ".join([*(lost or [f"level {self.level:g}"]), f"{self.samples} an item", f"told by {by}"])


@dataclass(frozen=True)
class Said:
    """One model's answers."""

    scores: Array
    """(seeds, items, samples)."""
    planned: Array
    """The same with all sums done right."""
    aided: Array
    """First answers to the first items with the calculator, (seeds, items)."""
    calls: Array

    def repeated(self, seeds: int) -> Said:
        """One draw for all seeds."""
        return Said(*(np.repeat(each, seeds, axis=0) for each in vars(self).values()))


@dataclass(frozen=True)
class Told(Drawn):
    """Answers of one domain at two moments, with what tells of their sums."""

    before: Said
    after: Said
    tells: Tells

    def answers(self, field: OfAnswers) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items, samples)."""
        if field == "executed" and self.tells != "calculator":
            return self.before.planned, self.after.planned
        return super().answers(field)

    def items(self, field: OfItems) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items)."""
        if self.tells == "sums":
            return None
        sides = (self.before, self.after)
        rows = {
            "solvable": [np.ones_like(one.aided) for one in sides],
            "without": [one.scores[:, :ASKED, 0] for one in sides],
            "score": [one.aided for one in sides],
            "calls": [one.calls for one in sides],
            "vain": [np.zeros_like(one.calls) for one in sides],
        }.get(field)
        return None if rows is None else (rows[0], rows[1])


EACH: tuple[Tells, ...] = ("calculator", "sums")
TOLD: tuple[tuple[Tells, float], ...] = (("calculator", 1.0), ("calculator", 0.5), ("sums", 1.0))
SOUND = tuple(Aided("both", level, samples) for level, samples in product((0.5, 0.95), (1, 4)))
PLANS = tuple(
    Aided(tells, samples=samples, plan=plan, slip=slip)
    for tells, samples, (plan, slip) in product(EACH, (1, 4), ((0.2, 0.0), (0.4, 0.0), (0.3, 0.1)))
)
SUMS = tuple(
    Aided(tells, samples=samples, slip=slip, calls=calls)
    for (tells, calls), samples, slip in product(TOLD, (1, 4), (0.1, 0.2, 0.4))
)


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by world and number of seeds."""
    few = max(1, simulations // OF_DAMAGE)
    return {
        "simulations": simulations,
        "false_alarm_execution_artifact": {
            name: _share("execution_artifact" in one.values() for one in arms)
            for name, arms in _runs(SOUND, simulations)
        },
        "false_execution_artifact": _first(PLANS, few),
        "power_execution_artifact": _first(SUMS, few),
    }


def verdicts(pairs: Mapping[Key, Told]) -> dict[Key, CliffVerdict]:
    """Those that are sure, as the report gives them; where something is lost, that of `HURT` alone."""
    wanted = pairs if len(pairs) == TESTS else [HURT]
    found = sure(pairs, TESTS - len(pairs))
    return {key: contrast(pairs[key].change, pairs[key], found[key]).verdict for key in wanted if key in found}


def drawn(rng: np.random.Generator, world: Aided) -> dict[Key, Told]:
    """One arm: every stage against the base and against the stage before."""
    pairs = {}
    for domain in range(1 if world.plan or world.slip else DOMAINS):
        room = min(SPREAD, world.level, 1 - world.level) if 0.2 < world.level < 0.8 else 0.0
        ease = world.level + rng.uniform(-room, room, (1, ITEMS))
        base = _said(rng, world, ease, SLIPS, 1).repeated(world.seeds)
        hurt = domain == 0
        after = np.clip(ease - world.plan * hurt / (1 - SLIPS), 0.0, 1.0)
        slips = SLIPS + world.slip * hurt / world.level
        luck = [LUCK * 4 * after * (1 - after) * rng.normal(size=(world.seeds, 1)) for _ in range(STAGES)]
        models = [
            base,
            *(_said(rng, world, np.clip(after + one, 0.0, 1.0), slips, world.seeds) for one in luck),
        ]
        for stage in range(1, STAGES + 1):
            for start in sorted({0, stage - 1}):
                before, now = models[start], models[stage]
                found = np.ones_like(before.scores)
                pairs[stage, start, domain] = Told(
                    (before.scores, now.scores), (found, found), before, now, world.tells
                )
    return pairs


def _said(rng: np.random.Generator, world: Aided, chance: Array, slips: float, seeds: int) -> Said:
    shape = (seeds, ITEMS, world.samples)
    planned = (rng.random(shape) < chance[..., None]).astype(float)
    scores = planned * (rng.random(shape) >= slips)
    anew = (rng.random((seeds, ITEMS)) < chance).astype(float)
    calls = (rng.random((seeds, ITEMS)) < world.calls).astype(float)
    with_it = np.where(rng.random((seeds, ITEMS)) < LOOSE, anew, planned[..., 0])
    aided = np.where(calls == 1, with_it, scores[..., 0])
    return Said(scores, planned, aided[:, :ASKED], calls[:, :ASKED])


def _runs(worlds: Sequence[Aided], simulations: int) -> Iterator[tuple[str, Iterator[dict[Key, CliffVerdict]]]]:
    for world, seeds in product(worlds, SEEDS):
        rng, each = np.random.default_rng(0), replace(world, seeds=seeds)
        yield f"{world.name}, {seeds} seeds", (verdicts(drawn(rng, each)) for _ in range(simulations))


def _first(worlds: Sequence[Aided], simulations: int) -> dict[str, float]:
    """How often the contrast that lost something is called one of execution."""
    return {
        name: _share(one.get(HURT) == "execution_artifact" for one in arms) for name, arms in _runs(worlds, simulations)
    }


def _share(flags: Iterator[bool]) -> float:
    return round(float(np.mean(list(flags))), 4)


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    return show(measure, __doc__, arguments)


if __name__ == "__main__":
    main(arguments(__doc__))
