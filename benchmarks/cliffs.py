"""How often the cliff report calls a sound model damaged, and what damage it finds: by simulation, with the product's
own verdicts.

    python -m benchmarks.cliffs [--simulations 1000]

An arm has four stages and four domains of 120 items, so 28 contrasts. Answers are right or wrong. The base model is
drawn once, as in a run, and all seeds are held against it. Prints tables and then one line of JSON. Keys that begin
with `false` hold rates of errors:

    false_drops      at least one real drop or loss of form alone in an arm in which nothing changes
    false_gains      at least one gain in such an arm
    false_real       form alone is lost, and the contrast that lost it is called a real drop
    false_format_artifact  ability is lost, and form beside it, and the contrast is called one of form alone

    false_alarm_…    a real cliff, metric artifact or gradual loss in an arm in which nothing changes (cliff_ways.py)
    false_real_cliff, false_metric_artifact, false_gradual_loss
                     the fall came by another way than the verdict says

`power_real_cliff`, `power_metric_artifact` and `power_gradual_loss` are how often a fall in a step, a fall of many
nats along a line and one of few get this verdict. `power` is how often a fall by the first stage, in one of the four
domains, is called a real drop against the base.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from benchmarks.cliff_ways import kinds
from benchmarks.cliff_worlds import SEEDS, Key, World, drawn, verdicts
from experiments.analysis.cliffs.model import CliffVerdict

SIMULATIONS = 1000
OF_DAMAGE = 4
"""So many times fewer arms are drawn where something is lost: the rates are large, and need not be known so well."""
FALSE = tuple(World(level, samples) for level, samples in product((0.02, 0.05, 0.5, 0.95, 0.98), (1, 4)))
FALLS = tuple(
    World(level, samples, drop=drop) for level, samples, drop in product((0.5, 0.95), (1, 4), (0.05, 0.1, 0.2))
)
FORMS = tuple(World(samples=samples, form=form) for samples, form in product((1, 4), (0.7, 0.3)))
BOTH = tuple(World(samples=samples, drop=0.2, form=form) for samples, form in product((1, 4), (0.7, 0.5, 0.3)))


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by world and number of seeds."""
    few = max(1, simulations // OF_DAMAGE)
    sound = {_named(world): list(_arms(world, simulations)) for world in _each(FALSE)}
    return {
        "simulations": simulations,
        "false_drops": {
            name: _share([bool({*_all(one)} & {"real_drop", "form_lost", "format_artifact"}) for one in arms])
            for name, arms in sound.items()
        },
        "false_gains": {name: _share(["gain" in _all(one) for one in arms]) for name, arms in sound.items()},
        "false_real": _of_first(FORMS, "real_drop", few),
        "false_format_artifact": _of_first(BOTH, "format_artifact", few),
        "power": _of_first(FALLS, "real_drop", few),
        **kinds(simulations, few),
    }


def _of_first(worlds: Sequence[World], verdict: CliffVerdict, simulations: int) -> dict[str, float]:
    """How often the first stage's contrast on the first domain gets this verdict."""
    return {
        _named(world): _share([one.get((1, 0, 0)) == verdict for one in _arms(world, simulations)])
        for world in _each(worlds)
    }


def _each(worlds: Sequence[World]) -> Iterator[World]:
    for world in worlds:
        yield from (replace(world, seeds=seeds) for seeds in SEEDS)


def _arms(world: World, simulations: int) -> Iterator[Mapping[Key, CliffVerdict]]:
    """The sure verdicts of so many runs."""
    rng = np.random.default_rng(0)
    for _ in range(simulations):
        yield verdicts(drawn(rng, world))


def _all(found: Mapping[Key, CliffVerdict]) -> set[CliffVerdict]:
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


def show(
    measured: Callable[[int], dict[str, Any]], description: str | None, arguments: Sequence[str]
) -> dict[str, Any]:
    """All rates by so many simulations; printed as tables and as one line of JSON."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--simulations", type=int, default=SIMULATIONS)
    found = measured(parser.parse_args(arguments).simulations)
    print(tables(found))
    print(json.dumps(found))
    return found


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Those of this module."""
    return show(measure, __doc__, arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
