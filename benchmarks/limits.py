"""How often an order within limits keeps them in truth, and how sure a plan is of it: simulated, as JSON.

    python -m benchmarks.limits [--runs 400] [--seeds 1 3 5] [--sure 0.5 0.8 0.95]

Worlds and noise are those of `benchmarks.decisions`: four domains, effects of standard deviation .05. The first domain
has a tenth of the weight and may lose .02 at most. Of the order that the plan finds without limits (`_free`), of the
plan's, and of the best within the limit where effects are known (`_known`): `kept` is the share of worlds in which it
keeps the limit in truth, `excess` what is beyond it. `changed` is how often the limit changes the order, `cost` and
`cost_told` the free order's total minus the plan's, in truth and as the plan says. Where some stage follows the domain
in the plan's order, `told` is the probability that the plan gives to keeping the limit, `true` how often it is kept,
and `miss` how often the true loss lies outside of the interval, which is to hold 95 %.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.decisions import DRAWS, NAMES, Figure, World, curriculum
from curricula.schema import Constraints, Curriculum
from scheduler.linear_ordering.exact import solve
from scheduler.linear_ordering.limits import Limits
from scheduler.measurements import Array, Path
from scheduler.planning.planner import make_plan
from scheduler.prediction.predict import counted

SEEDS = (1, 3, 5)
RUNS = 400
LIMIT = 0.02
SURE = (0.5, 0.8, 0.95)
SIZE = len(NAMES)
WEIGHTS = np.array([0.1, 0.3, 0.3, 0.3])


def simulate(seeds: int, runs: int, sure: float, seed: int = 0) -> dict[str, float]:
    """All figures with this many training seeds: means over what was simulated."""
    world = World(np.random.default_rng([seed, seeds]), seeds)
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        for key, value in _run(world, sure):
            found.setdefault(key, []).append(value)
    return {key: round(float(np.mean(values)), 4) for key, values in sorted(found.items())}


def _run(world: World, sure: float) -> Iterator[Figure]:
    """One world, measured and planned."""
    truth = world.effects()
    plan = make_plan(replace(world.measure(truth), weights=WEIGHTS), _limited(sure), {}, resamples=DRAWS)
    forecast = plan.constraints
    assert forecast is not None
    known = Limits.certain(np.array([0]), np.array([True]), np.array([-LIMIT]), -truth.T[:1])
    best = solve(NAMES, WEIGHTS, truth[None], limits=known).order(0)
    for name, order in {"_free": forecast.free, "": plan.order, "_known": best}.items():
        lost = _lost(order, truth)
        yield f"kept{name}", float(lost <= LIMIT + 1e-9)
        yield f"excess{name}", max(0.0, lost - LIMIT)
    (one,) = forecast.limits
    yield "excess_told", one.excess
    yield "cost", float(((counted(forecast.free, NAMES) - counted(plan.order, NAMES)) * truth * WEIGHTS).sum())
    yield "cost_told", forecast.cost.value
    yield "changed", float(forecast.free != plan.order)
    if plan.order[-1] != NAMES[0]:
        low, high = one.predicted.ends or (0.0, 0.0)
        yield "told", one.kept
        yield "true", float(_lost(plan.order, truth) <= LIMIT)
        yield "miss", float(not low <= _lost(plan.order, truth) <= high)


def _lost(order: Path, effects: Array) -> float:
    """What later stages take from the limited domain, in truth."""
    return -float((counted(order, NAMES)[1:, 0] * effects[1:, 0]).sum())


def _limited(sure: float) -> Curriculum:
    plain = curriculum("none")
    spec = plain.schedule.model_copy(update={"constraints": Constraints(loss={NAMES[0]: LIMIT}, sure=sure)})
    return plain.model_copy(update={"schedule": spec})


def main() -> None:
    """Print one JSON object: number of seeds and probability → figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--sure", type=float, nargs="+", default=SURE)
    asked = parser.parse_args()
    pairs = [(seeds, sure) for seeds in asked.seeds for sure in asked.sure]
    found = {f"seeds_{seeds}_sure_{sure:g}": simulate(seeds, asked.runs, sure) for seeds, sure in pairs}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
