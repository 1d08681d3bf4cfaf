"""How often a plan claims what is not so, and how often it sees what is: simulated, as JSON.

    python -m benchmarks.decisions [--runs 400] [--seeds 2 3 5 10]

Measured is as in a run: four domains of 100 items and equal weight, one base, one stage a domain, and all pairs of
stages where constancy and saturation are asked. Scores are normal: luck of each run on each domain (standard deviation
.04), what a run does to single items (.15) and to single answers (.3, the base .15), so that one seed knows an effect
to .054. Everything is asked of the product's own functions.

Every rate is a share of simulated runs, each of which may claim several things. Keys that begin with `false` are claims
of what is not so: where stages do nothing, and (`…_among_effects`) where effects have a standard deviation of .05. Keys
that begin with `power` are claims of what is so: effects of that size, own gains of .1, changes of .05, gaps of .05, a
domain that lowers every score by .1. `bias_total` is what the plan predicts for the chosen order minus
the truth, `bias_total_raw` the same without shrinking.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from curricula.schema import Curriculum
from scheduler.evidence.audit import changes, gaps
from scheduler.evidence.departures import departure
from scheduler.evidence.effects import by_probes
from scheduler.evidence.transfer import mean_transfer
from scheduler.linear_ordering.exact import solve
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan import Plan, Worth
from scheduler.planning.planner import make_plan
from scheduler.prediction.predict import counted, counted_on_average, predict

NAMES = ("a", "b", "c", "d")
SIZE = len(NAMES)
ITEMS, LUCK, ITEM, CELL, BASE_CELL = 100, 0.04, 0.15, 0.3, 0.15
BASE, EFFECT, OWN, CHANGE, HARM, GOOD = 0.5, 0.05, 0.1, 0.05, -0.1, 0.02
SEEDS = (1, 2, 3, 5, 10)
RUNS = 400
DRAWS = 300
"""For a plan's probabilities, and for a departure's noise."""
Figure = tuple[str, float]


@dataclass(frozen=True)
class World:
    """Where truths and noise come from."""

    rng: np.random.Generator
    seeds: int

    def effects(self) -> Array:
        """A true B, (trained, affected)."""
        found = self.rng.normal(0, EFFECT, (SIZE, SIZE))
        np.fill_diagonal(found, OWN)
        return found

    def measure(
        self, effects: Array, paths: tuple[Path, ...] = (), *, change: float = 0, gap: float = 0
    ) -> Measurements:
        """Scores of base, first level and `paths`; after two stages effects have changed and own stages left gaps."""
        base = BASE + self.rng.normal(0, BASE_CELL, (SIZE, 1, ITEMS))
        scores: dict[Path, tuple[Array, ...]] = {(): tuple(np.repeat(base, self.seeds, axis=1))}
        for path in (*((name,) for name in NAMES), *paths):
            truth = predict(path, NAMES, np.full(SIZE, BASE), effects)
            if len(path) > 1:
                own = np.array([name == path[-1] for name in NAMES])
                truth = truth + self.rng.normal(0, 1, SIZE) * np.where(own, gap, change)
            scores[path] = tuple(truth[:, None, None] + self._noise())
        return Measurements(NAMES, np.full(SIZE, 1 / SIZE), scores)

    def _noise(self) -> Array:
        """Of one path, (domains, seeds, items)."""
        shapes = ((LUCK, (SIZE, self.seeds, 1)), (ITEM, (SIZE, 1, ITEMS)), (CELL, (SIZE, self.seeds, ITEMS)))
        return np.asarray(sum(self.rng.normal(0, size, shape) for size, shape in shapes))


def simulate(seeds: int, runs: int, seed: int = 0) -> dict[str, float]:
    """All figures with this many training seeds: means over the simulated runs."""
    world = World(np.random.default_rng([seed, seeds]), seeds)
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        for part in (_nothing, _effects, _leave_out, _departures):
            for key, value in part(world):
                found.setdefault(key, []).append(value)
    return {key: round(float(np.mean(values)), 4) for key, values in sorted(found.items())}


def _nothing(world: World) -> Iterator[Figure]:
    """Stages do nothing at all."""
    found = plan(world.measure(np.zeros((SIZE, SIZE))))
    yield "false_precedence", bool(found.identified)
    yield "false_own_gain", any(gain.raised for gain in found.own_gains)
    yield "false_own_gain_mean", found.own_gain.sign > 0
    yield "false_contrast", worth(found).over_mean.sign != 0
    yield "false_contrast_naive", _naive(world)


def _effects(world: World) -> Iterator[Figure]:
    """Effects as they may be; two domains learn nothing."""
    truth = world.effects()
    truth[0, 0] = truth[1, 1] = 0.0
    m = world.measure(truth)
    found, gains = plan(m), truth.T - truth
    raised = [gain.raised for gain in found.own_gains]
    yield "false_precedence_among_effects", any(gains[_at(one.first), _at(one.second)] < 0 for one in found.identified)
    yield "power_precedence", len(found.identified) / len(found.precedences)
    yield "false_own_gain_among_effects", any(raised[:2])
    yield "power_own_gain", float(np.mean(raised[2:]))
    yield "power_own_gain_mean", found.own_gain.sign > 0
    yield "power_contrast", worth(found).over_mean.sign > 0
    true, best = _total(found.order, truth), _total(solve(NAMES, m.weights, truth[None]).order(0), truth)
    random = BASE + float((counted_on_average(NAMES, NAMES) * truth).sum()) / SIZE
    yield "bias_total", found.total - true
    yield "bias_total_raw", float(m.mean(()).mean()) - BASE + _total(found.order, mean_transfer(m)) - true
    yield "regret", best - true
    yield "regret_told", worth(found).regret
    yield "regret_random", best - random
    yield "regret_random_told", worth(found).random_regret


def _leave_out(world: World) -> Iterator[Figure]:
    """The last domain harms all, itself too; or it gains 2 points of the total and touches nobody."""
    harmful, good = world.effects(), world.effects()
    harmful[3] = HARM
    good[3], good[:3, 3] = (0.0, 0.0, 0.0, GOOD * SIZE), 0.0
    yield "power_leave_out", NAMES[3] in plan(world.measure(harmful), "auto").left_out
    yield "false_leave_out", NAMES[3] in plan(world.measure(good), "auto").left_out


def _departures(world: World) -> Iterator[Figure]:
    """All pairs of stages: transfer that is constant and saturates, that changes, that leaves gaps."""
    truth, pairs = world.effects(), tuple(permutations(NAMES, 2))
    same = world.measure(truth, pairs)
    changed, gapped = world.measure(truth, pairs, change=CHANGE), world.measure(truth, pairs, gap=CHANGE)
    yield "false_constancy", departure(changes(same), resamples=DRAWS).sure
    yield "power_constancy", departure(changes(changed), resamples=DRAWS).sure
    yield "false_saturation", departure(gaps(same), resamples=DRAWS).sure
    yield "power_saturation", departure(gaps(gapped), resamples=DRAWS).sure


def _naive(world: World) -> bool:
    """Whether an order would beat the mean of all orders for sure on the scores that it was chosen by."""
    m = world.measure(np.zeros((SIZE, SIZE)))
    order = solve(NAMES, m.weights, mean_transfer(m)[None]).order(0)
    contrast = m.weights * (counted(order, NAMES) - counted_on_average(NAMES, NAMES))
    return by_probes(m)(contrast).gain.sign != 0


def plan(m: Measurements, leave_out: str = "none") -> Plan:
    """As a run makes it."""
    return make_plan(m, curriculum(leave_out), {}, resamples=DRAWS)


def curriculum(leave_out: str) -> Curriculum:
    """Four domains that nobody trains on."""
    one = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}
    return Curriculum.model_validate(
        {
            "name": "decisions",
            "model": {"type": "scratch"},
            "domains": dict.fromkeys(NAMES, one),
            "schedule": {"leave_out": leave_out},
            "training": {"steps": 1, "prompts": 1, "rollouts": 2},
        }
    )


def worth(found: Plan) -> Worth:
    """What choosing is worth: four domains have other orders."""
    assert found.worth is not None
    return found.worth


def _total(order: Path, effects: Array) -> float:
    return float(predict(order, NAMES, np.full(SIZE, BASE), effects).mean())


def _at(name: str) -> int:
    return NAMES.index(name)


def main() -> None:
    """Print one JSON object: number of seeds → figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    asked = parser.parse_args()
    print(json.dumps({f"seeds_{seeds}": simulate(seeds, asked.runs) for seeds in asked.seeds}, indent=1))


if __name__ == "__main__":
    main()
