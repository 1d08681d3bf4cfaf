"""How often an order within limits keeps them in truth, and how sure a plan is of it: simulated, as JSON.

    python -m benchmarks.limits [--runs 400] [--seeds 1 3 5] [--limit 0.05]

Worlds, noise and domains are those of `benchmarks.decisions`: four domains, effects of standard deviation .05. Every
domain may lose the limit at most. `kept_free` and `kept` are the shares of worlds in which the order that the plan
finds without limits, and within them, keeps all limits in truth; `kept_known` the same of the order that is best where
effects are known, so the share of worlds in which some order keeps all. `broken_free`, `broken` and `broken_known` are
what is beyond limits in truth, summed over domains; `excess_told` what the plan says is. `told` is the probability that
the plan gives to keeping a limit, `true` how often it is kept, and `miss` how often the loss lies outside of its
interval, which holds 95 %: each over limits that a later stage could break. `cost` and `cost_told` are the free order's
total minus the plan's, in truth and as the plan says.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

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
LIMIT = 0.05
SIZE = len(NAMES)
EVEN = np.full(SIZE, 1 / SIZE)


def simulate(seeds: int, runs: int, limit: float, seed: int = 0) -> dict[str, float]:
    """All figures with this many training seeds: means over what was simulated."""
    world = World(np.random.default_rng([seed, seeds]), seeds)
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        for key, value in _run(world, limit):
            found.setdefault(key, []).append(value)
    return {key: round(float(np.mean(values)), 4) for key, values in sorted(found.items())}


def _run(world: World, limit: float) -> Iterator[Figure]:
    """One world, measured and planned."""
    truth = world.effects()
    plan = make_plan(world.measure(truth), _limited(limit), {}, resamples=DRAWS)
    forecast = plan.constraints
    assert forecast is not None
    known = Limits(np.arange(SIZE), np.ones(SIZE, dtype=np.bool_), np.full(SIZE, -limit), -truth.T)
    orders = {"_free": forecast.free, "": plan.order, "_known": solve(NAMES, EVEN, truth[None], limits=known).order(0)}
    for name, order in orders.items():
        over = np.maximum(_losses(order, truth) - limit, 0.0)
        yield f"kept{name}", float(over.max() <= 1e-9)
        yield f"broken{name}", float(over.sum())
    yield "excess_told", sum(one.excess for one in forecast.limits)
    yield "cost", float(((counted(forecast.free, NAMES) - counted(plan.order, NAMES)) * truth).sum()) / SIZE
    yield "cost_told", forecast.cost.value
    losses = dict(zip(NAMES, _losses(plan.order, truth).tolist(), strict=True))
    for one in forecast.limits:
        low, high = one.predicted.ends or (0.0, 0.0)
        if one.domain != plan.order[-1]:
            yield "told", one.kept
            yield "true", float(losses[one.domain] <= limit)
            yield "miss", float(not low <= losses[one.domain] <= high)


def _losses(order: Path, effects: Array) -> Array:
    """What later stages take from each domain, in truth: (domains,)."""
    return np.asarray(-((counted(order, NAMES) - np.eye(SIZE)) * effects).sum(axis=0))


def _limited(limit: float) -> Curriculum:
    plain = curriculum("none")
    spec = plain.schedule.model_copy(update={"constraints": Constraints(loss=limit)})
    return plain.model_copy(update={"schedule": spec})


def main() -> None:
    """Print one JSON object: number of seeds → figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--limit", type=float, default=LIMIT)
    asked = parser.parse_args()
    print(json.dumps({f"seeds_{one}": simulate(one, asked.runs, asked.limit) for one in asked.seeds}, indent=1))


if __name__ == "__main__":
    main()
