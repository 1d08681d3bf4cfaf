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
    false_noise      .1 or more is lost, and the contrast is told not to have fallen by .05
    false_alarm_…    a real cliff, metric artifact or gradual loss in an arm in which nothing changes (cliff_ways.py),
                     or an execution artifact (cliff_tools.py)
    false_real_cliff, false_metric_artifact, false_gradual_loss, false_execution_artifact
                     the fall came by another way than the verdict says

Keys that begin with `power` hold how often each verdict is said where it is true, of the contrast of the first stage
with the base on the first of the four domains; they are printed as one table. `underpowered` is true where a fall is
not found; `noise` where nothing changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from benchmarks import cliff_tools
from benchmarks.arguments import arguments
from benchmarks.cliff_tables import SIMULATIONS, show
from benchmarks.cliff_ways import kinds
from benchmarks.cliff_worlds import SEEDS, Key, World, drawn, told, verdicts
from experiments.analysis.cliffs.judging import MATTERS
from experiments.analysis.cliffs.model import CliffVerdict

OF_DAMAGE = 4
"""So many times fewer arms are drawn where something is lost: the rates are large, and need not be known so well."""
FALSE = tuple(World(level, samples) for level, samples in product((0.02, 0.05, 0.5, 0.95, 0.98), (1, 4)))
STILL = tuple(World(level, samples) for level, samples in product((0.5, 0.95), (1, 4)))
FALLS = tuple(
    World(level, samples, drop=drop) for level, samples, drop in product((0.5, 0.95), (1, 4), (0.05, 0.1, 0.2))
)
RISES = tuple(World(samples=samples, drop=-rise) for samples, rise in product((1, 4), (0.05, 0.1, 0.2)))
FORMS = tuple(World(samples=samples, form=form) for samples, form in product((1, 4), (0.7, 0.3)))
GONE = tuple(World(samples=samples, form=form) for samples, form in ((1, 0.01), (4, 0.0)))
BOTH = tuple(World(samples=samples, drop=0.2, form=form) for samples, form in product((1, 4), (0.7, 0.5, 0.3)))
Told = Mapping[str, Counter[CliffVerdict]]
"""World and number of seeds → how often the contrast that was meant got each verdict."""


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates, by world and number of seeds. Its parts are drawn side by side."""
    few = max(1, simulations // OF_DAMAGE)
    with ProcessPoolExecutor(PARTS) as pool:
        still = pool.submit(_still, simulations, few)
        moved = pool.submit(_moved, few)
        ways = pool.submit(kinds, simulations, max(1, simulations // cliff_tools.OF_DAMAGE))
        tools = pool.submit(cliff_tools.measure, simulations)
        found = still.result() | moved.result() | ways.result() | tools.result()
    return found | {"simulations": simulations}


PARTS = 4


def _still(simulations: int, few: int) -> dict[str, dict[str, float]]:
    """Where nothing is lost."""
    sound = {_named(world): list(_arms(world, simulations)) for world in _each(FALSE)}
    wrong = {"real_drop", "form_lost", "format_artifact"}
    return {
        "false_drops": {name: _share([bool(_all(one) & wrong) for one in arms]) for name, arms in sound.items()},
        "false_gains": {name: _share(["gain" in _all(one) for one in arms]) for name, arms in sound.items()},
        "power_noise": _rates(_told(STILL, few), "noise"),
    }


def _moved(few: int) -> dict[str, dict[str, float]]:
    """Where something is."""
    falls, forms = _told(FALLS, few), _told(FORMS, few)
    large = {_named(world) for world in _each(FALLS) if world.drop > MATTERS}
    return {
        "false_real": _rates(forms, "real_drop"),
        "false_format_artifact": _rates(_told(BOTH, few), "format_artifact"),
        "false_noise": _rates({name: falls[name] for name in falls if name in large}, "noise"),
        "power_real_drop": _rates(falls, "real_drop"),
        "power_underpowered": _rates(falls, "underpowered"),
        "power_format_artifact": _rates(forms, "format_artifact"),
        "power_form_lost": _rates(_told(GONE, few), "form_lost"),
        "power_gain": _rates(_told(RISES, few), "gain"),
    }


def _told(worlds: Sequence[World], simulations: int) -> Told:
    """What the first stage's contrast on the first domain is called; only that domain is drawn, and the others'
    contrasts count as not sure."""
    found = {}
    for world in _each(worlds):
        rng = np.random.default_rng(0)
        found[_named(world)] = Counter(told(drawn(rng, world, 1), (1, 0, 0)) for _ in range(simulations))
    return found


def _rates(found: Told, verdict: CliffVerdict) -> dict[str, float]:
    return {name: round(counts[verdict] / counts.total(), 4) for name, counts in found.items()}


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
    lost = [f"ability {-world.drop:+g}".replace("-", "−")] * bool(world.drop) + [f"form {world.form:g}"] * (
        world.form < 1
    )
    return ", ".join([world.name, *lost, f"{world.seeds} seeds"])


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Those of this module, and of the ones that it asks."""
    return show(measure, __doc__, arguments)


if __name__ == "__main__":
    main(arguments(__doc__))
