"""How often a row of measures is said to have changed where no checkpoint is damaged, and what damage it finds: by
simulation, with the product's own readings.

    python -m benchmarks.alarms [--simulations 1000]

Both checkpoints answer the same items (30, 60, 150 or 400, with one answer or four each), of which `alarm_worlds.py`
says how they differ. They are two given models, as in `stagewise measure`, or the base and three seeds that were
trained from it, as in a run. Of every row it is asked whether the 95 % interval of its change excludes 0, among the
simulations in which the row has a change at all.

    false_shown   … whatever the row's status
    false_called  … and the row is not `underpowered`
    power_called  … on the side of a damage, and the row is not `underpowered`; without a reading it is not found

Prints tables, of false alarms the mean and the highest over five worlds and all numbers of items, and then one line of
JSON: every share with the ends of its 95 % interval by Wilson.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binomtest

from benchmarks.alarm_worlds import LUCK, Traits, checkpoint, items
from benchmarks.arguments import arguments
from experiments.analysis.checkup.build import of_items
from experiments.analysis.cliffs import calibrated, chosen, of_outputs, shortened
from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.measures.spec import Name
from experiments.measures.value import Value

SIMULATIONS = 1000
PARTS = 2
LEAST = 100
"""Simulations in which a row has a change, below which no rate is told."""
OF_ANSWERS: tuple[Name, ...] = ("rep3", "early_answer", "right_length", "skip_ratio")
OF_OPTIONS: tuple[Name, ...] = (
    "acc_cc",
    "acc_cc_norm",
    "brier_mc",
    "brier",
    "confidence_gap",
    "auroc",
    "aurc",
    "e_aurc",
    "confidently_wrong",
    "confidently_wrong_base80",
)
"""Those of calibration with them: of each item there is one choice, however many answers."""
FAMILIES: Mapping[tuple[Name, ...], tuple[Family, ...]] = {
    OF_ANSWERS: (of_outputs.FAMILY, shortened.FAMILY),
    OF_OPTIONS: (chosen.FAMILY, calibrated.FAMILY),
}
MIDDLE = "in the middle"
WORLDS: Mapping[str, Traits] = {
    MIDDLE: Traits(),
    "near 0": Traits(right=0.5, early=0.02, loops=0.01, skill=0.0),
    "near 1": Traits(right=0.97, early=0.97, loops=0.97, skill=9.0),
    "heavy tails and overconfident": Traits(tail=1.2, skill=1.0, sharp=5.0),
    "few right": Traits(right=0.04, early=0.5, tail=0.6, skill=-2.0),
}
ITEMS, SAMPLES, SEEDS = (30, 60, 150, 400), (1, 4, None), (1, 3)
WHO = {1: "two models", 3: "3 seeds"}
SLOWEST = (400, None, 3)
"""Left out."""
Rate = tuple[float, float, float]
"""A share, and the ends of its 95 % interval."""
Way = Mapping[Name, int]
"""Row → on which side of 0 its change lies."""
DAMAGE: Mapping[str, tuple[Traits, Way]] = {
    "loops .2 to .4": (Traits(loops=0.4), {"rep3": 1}),
    "said first .3 to .6": (Traits(early=0.6), {"early_answer": 1}),
    "shorter by .3": (Traits(length=0.7), {"right_length": -1, "skip_ratio": -1}),
    "right options 1.5 nats less likely": (
        Traits(skill=0.5),
        {"acc_cc": -1, "acc_cc_norm": -1, "brier_mc": 1, "auroc": -1, "aurc": 1},
    ),
    "four times as sure": (
        Traits(sharp=4.0),
        {"brier": 1, "confidence_gap": 1, "confidently_wrong": 1, "confidently_wrong_base80": 1},
    ),
}
"""What a checkpoint in the middle is after a damage, and what its rows do then."""
OF_DAMAGE = 4
"""So many times fewer simulations where something is damaged: these rates are large."""


@dataclass(frozen=True)
class Design:
    """What is compared."""

    world: str
    items: int
    samples: int | None
    """Answers an item; None: its options are read."""
    seeds: int
    """1: two given models."""

    @property
    def rows(self) -> tuple[Name, ...]:
        """What is read."""
        return OF_OPTIONS if self.samples is None else OF_ANSWERS

    @property
    def noise(self) -> np.random.Generator:
        """Of its own, always the same."""
        return np.random.default_rng([list(WORLDS).index(self.world), self.items, self.samples or 0, self.seeds])


class Change(NamedTuple):
    """Of one row in one simulation."""

    sign: int
    """On which side of 0 the interval lies; 0 where it holds 0, or is not there."""
    ok: bool


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by row and design; each is (share, low, high), or None where too few have a change."""
    designs = [Design(*each) for each in product(WORLDS, ITEMS, SAMPLES, SEEDS) if each[1:] != SLOWEST]
    hurt = [
        (damage, one)
        for damage, one in product(DAMAGE, designs)
        if one.world == MIDDLE and one.samples != 4 and DAMAGE[damage][1].keys() <= {*one.rows}
    ]
    with ProcessPoolExecutor(PARTS) as pool:
        still = dict(zip(designs, pool.map(partial(undamaged, simulations), designs), strict=True))
        moved = list(pool.map(partial(damaged, max(1, simulations // OF_DAMAGE)), hurt))
    each = {_named(name, design): told for design, rows in still.items() for name, told in rows.items()}
    return {
        "false_shown": {name: _rate([one.sign != 0 for one in told]) for name, told in each.items()},
        "false_called": {name: _rate([one.sign != 0 and one.ok for one in told]) for name, told in each.items()},
        "power_called": {
            _named(f"{name}: {damage}", design): _rate(flags)
            for (damage, design), rows in zip(hurt, moved, strict=True)
            for name, flags in rows.items()
        },
        "simulations": simulations,
    }


def undamaged(simulations: int, design: Design) -> dict[Name, list[Change]]:
    """Row → its changes, in the simulations in which it has one."""
    traits, rng = WORLDS[design.world], design.noise
    drawn = [changes(rng, traits, traits, design) for _ in range(simulations)]
    return {name: [one for each in drawn if (one := each[name])] for name in design.rows}


def damaged(simulations: int, asked: tuple[str, Design]) -> dict[Name, list[bool]]:
    """Row → in which simulations it is called what it is."""
    damage, design = asked
    (after, ways), rng = DAMAGE[damage], design.noise
    drawn = [changes(rng, WORLDS[design.world], after, design) for _ in range(simulations)]
    return {name: [each[name] == Change(way, True) for each in drawn] for name, way in ways.items()}


def changes(rng: np.random.Generator, before: Traits, after: Traits, design: Design) -> dict[Name, Change | None]:
    """Of all rows in one simulation; None where a row has no change."""
    shared, seeds = items(rng, design.items), design.seeds
    base = checkpoint(rng, before, shared, design.samples, 0.0)
    luck = rng.normal(0, LUCK, seeds) if seeds > 1 else np.zeros(1)
    trained = tuple(checkpoint(rng, after, shared, design.samples, one) for one in luck)
    sides = Sides(PairedAnswers((base,) * seeds, trained))
    readings = {name: one for family in FAMILIES[design.rows] for name, one in family.read(sides).items()}
    return {name: _change(readings[name].change, seeds) for name in design.rows}


def _change(value: Value, seeds: int) -> Change | None:
    told = of_items(value) if seeds == 1 else value
    return None if told.status == "skipped" else Change(told.interval.sign, told.status == "ok")


def _rate(flags: Sequence[bool]) -> Rate | None:
    """With the ends of its 95 % interval."""
    if len(flags) < LEAST:
        return None
    low, high = binomtest(sum(flags), len(flags)).proportion_ci(method="wilson")
    return round(sum(flags) / len(flags), 4), round(float(low), 4), round(float(high), 4)


def _named(name: Name, design: Design) -> str:
    how = f"{design.samples} an item" if design.samples else "options"
    return f"{name}, {design.world}, {WHO[design.seeds]}, {how}, {design.items} items"


def tables(found: Mapping[str, Any]) -> str:
    """Markdown, in per cent: of false alarms the mean and the highest of a row's cells, of power each."""
    return "\n".join([_false("false_shown", found), _false("false_called", found), _power(found["power_called"])])


def _false(key: str, found: Mapping[str, Any]) -> str:
    cells: dict[str, dict[str, list[float]]] = {}
    for name, rate in found[key].items():
        row, _, who, how, _ = name.split(", ")
        shares = cells.setdefault(f"{row}, {how}", {}).setdefault(who, [])
        shares += [] if rate is None else [100 * rate[0]]
    body = [
        [name, *(f"{np.mean(row[who]):.1f} ({max(row[who]):.1f})" for who in WHO.values())]
        for name, row in cells.items()
    ]
    return _table([key, *WHO.values()], body)


def _power(rates: Mapping[str, Rate | None]) -> str:
    """In each cell one share for each of `WHO`."""
    cells: dict[str, dict[str, list[str]]] = {}
    for name, rate in rates.items():
        row, _, _, _, items = name.split(", ")
        cells.setdefault(row, {}).setdefault(items, []).append("–" if rate is None else f"{100 * rate[0]:.0f}")
    columns = [f"{count} items" for count in ITEMS]
    body = [[name, *(" / ".join(row.get(one, [])) for one in columns)] for name, row in cells.items()]
    return _table([f"power_called, {' / '.join(WHO.values())}", *columns], body)


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *body)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:], ""])


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; printed as tables and as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=SIMULATIONS)
    found = measure(parser.parse_args(arguments).simulations)
    print(tables(found))
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main(arguments(__doc__, options=("--simulations",)))
