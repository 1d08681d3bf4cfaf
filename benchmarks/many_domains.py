"""Searches over many made-up domains with a simulated learner of known truth: seconds a proposal, and regret.

    python -m benchmarks.many_domains [domains ...] [--trials 24] [--seeds 5] [--cold | --begun]

The learner is that of scheduler/prediction/dynamics.py with effects of its own: every domain's probe raises its score,
most pairs are left alone, some domains help others, some harm them, and luck is added to every stage run. A search sees
the scores after each stage. Each sampler gets the same number of trials, and so of completions, since every schedule
has the same budget; each begins with the same warm start: joint training, joint then an order then joint, that order
one domain a stage, in pairs, and cumulative. As in `stagewise search` the order is that which the planner finds best by
one probe a domain and seed, and the sampler is told the probes; `--cold`: neither, and the order is as written. What a
search names in the end (scheduler/search/standings.py) is judged by its noiseless score, against the best that climbing
these scores themselves from many starts found, or any search. `planned` is the warm start's order, one domain a stage.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import optuna
from optuna.samplers import BaseSampler

from benchmarks.grouped_probes import interval_over
from curricula.schema import Curriculum
from curricula.search_checks import search_seeds
from scheduler.composing.choice import own_choice
from scheduler.composing.compositions.table import drafts
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.evidence.transfer import mean_transfer
from scheduler.linear_ordering.best_orders import solve
from scheduler.measurements import Array, Measurements, Path
from scheduler.prediction.dynamics import Truth, scores_after
from scheduler.search.candidates import candidates, near
from scheduler.search.layout import Layout
from scheduler.search.orders import neighbour, order_of, placed, places
from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.samplers.random import random_sampler
from scheduler.search.space import params_of, space
from scheduler.search.standings import may_repeat, reserved, standings, to_repeat, winner
from scheduler.search.trial_history import RUNG, tell_measured, tell_scores

LUCK = 0.01
"""Standard deviation that every stage run adds to every domain's score."""
HARM, HELP = 0.15, 0.1
"""Shares of the ordered pairs in which one domain's probe harms, or helps, another."""
MOST = 0.1
"""Largest effect of a probe on another domain."""
DRAWN, TRIES = 6, 400
REPAIR = 1.5
"""A probe closes so much of its own gap that little of a harm is left after it, but not none."""
CLIMBS, ROUNDS, AROUND = 3, 20, 30
"""Drawn starts, steps and neighbours of the climbing that says what could be reached."""


@dataclass(frozen=True, eq=False)
class Made:
    """Made-up domains and what training does to them."""

    curriculum: Curriculum
    truth: Truth
    planned: bool = True
    """Whether searches begin from the planner's order, and are told the probes."""

    @cached_property
    def layout(self) -> Layout:
        """What a search's parameters stand for."""
        return Layout(self.curriculum)

    @cached_property
    def probes(self) -> list[Measurements]:
        """One stage a domain, with each of a search's seeds; they share one base."""
        names, base = tuple(self.curriculum.domains), self.truth.base
        own = StageBudgets(self.curriculum)
        alone = {name: drafts(own_choice(self.curriculum, (name,), "sequential"), own) for name in names}
        weights = np.full(len(names), 1 / len(names))
        return [
            Measurements(
                names,
                weights,
                {(): _blocks(base), **{(name,): _blocks(self._after(one, rung)[-1]) for name, one in alone.items()}},
            )
            for rung in range(len(search_seeds(self.curriculum)))
        ]

    @cached_property
    def order(self) -> Path:
        """That every search begins with."""
        names = tuple(self.curriculum.domains)
        if not self.planned:
            return names
        effects = np.mean([mean_transfer(one) for one in self.probes], axis=0)
        best = solve(names, self.probes[0].weights, effects[None]).orders[0, 0]
        return tuple(names[at] for at in best)

    @cached_property
    def starts(self) -> list[dict[str, Any]]:
        """Where every search begins, joint training first."""
        return _starts(self.curriculum, self.order)

    def scores(self, params: dict[str, Any], rung: int | None) -> Array:
        """(stages, domains) after each stage; with the luck of a seed, or none."""
        return self._after(self.layout.stages(params), rung)

    def _after(self, stages: Sequence[Draft], rung: int | None) -> Array:
        found, now = [], None
        for depth, amounts in enumerate(self._amounts(stages)):
            now = scores_after(amounts[None], self.truth, now)
            if rung is not None:
                # Of the beginning, so that trials that begin alike have the same.
                digest = np.frombuffer(repr(stages[: depth + 1]).encode(), np.uint8).astype(np.uint32)
                now = now + np.random.default_rng([rung, *digest.tolist()]).normal(0, LUCK, now.shape)
            found.append(np.clip(now[0], 0.0, 1.0))
        return np.array(found)

    def _amounts(self, stages: Sequence[Draft]) -> Array:
        """(stages, domains): completions of each domain in each stage, as multiples of its own stage's."""
        base = StageBudgets(self.curriculum)
        found = np.zeros((len(stages), len(base.budget)))
        for row, stage in zip(found, stages, strict=True):
            mixture, spent = dict(stage.mixture), base.completions(stage)
            whole = sum(mixture.values())
            row[:] = [mixture.get(name, 0.0) / whole * spent / own for name, own in base.budget.items()]
        return found

    def total(self, params: dict[str, Any]) -> float:
        """The noiseless mean score in the end."""
        return float(self.scores(params, None)[-1].mean())


def made(size: int, seed: int, *, planned: bool = True) -> Made:
    """So many domains, with effects drawn anew."""
    rng, names = np.random.default_rng([size, seed]), tuple(f"d{at:02}" for at in range(size))
    base, gain = rng.uniform(0.2, 0.5, size), rng.uniform(0.05, 0.3, size)
    kind = rng.random((size, size))
    effects = np.where(kind < HARM, -1.0, np.where(kind < HARM + HELP, 1.0, 0.0)) * rng.uniform(0, MOST, (size, size))
    np.fill_diagonal(effects, gain)
    truth = Truth(base, effects[None], np.array([REPAIR]), np.array([1.0]))
    return Made(_curriculum(names), truth, planned)


def searched(world: Made, sampler: BaseSampler, trials: int) -> tuple[float, list[float]]:
    """Noiseless score of the schedule that a search names, and the seconds that each proposal took."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    curriculum, layout = world.curriculum, world.layout
    seeds, open_ones = len(search_seeds(curriculum)), space(curriculum)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    if world.planned:
        tell_measured(study, *world.probes)
    for start in world.starts[: trials - reserved(trials, seeds)]:
        study.enqueue_trial(start)
    seconds = []
    for begun in range(trials):
        began = time.process_time()
        waiting = any(one.state == optuna.trial.TrialState.WAITING for one in study.get_trials(deepcopy=False))
        if not waiting and may_repeat(seeds, begun, trials):
            again = to_repeat(standings(study, layout), seeds, begun, trials)
            if again is not None:
                rung = min(set(range(seeds)) - again.tried)
                study.enqueue_trial(again.params, user_attrs={RUNG: rung})
        trial = study.ask(open_ones)
        seconds.append(time.process_time() - began)
        found = world.scores(trial.params, trial.user_attrs.get(RUNG, 0))
        for depth, row in enumerate(found, start=1):
            tell_scores(trial, depth, dict(zip(curriculum.domains, row.tolist(), strict=True)))
            trial.report(float(row.mean()), depth)
        study.tell(trial, float(found[-1].mean()))
    best = winner(standings(study, layout), seeds)
    assert best is not None
    return world.total(best.params), seconds


def best_known(world: Made) -> float:
    """The best noiseless score that climbing from joint training and some others found."""
    rng, open_ones = np.random.default_rng(0), space(world.curriculum)
    starts = [*world.starts, *(dict(one) for one in candidates(open_ones, [], rng)[:CLIMBS])]
    found = []
    for params in starts:
        value, now = world.total(params), params
        for _ in range(ROUNDS):
            around = [dict(one) for one in near([now], open_ones, rng, AROUND)]
            values = [world.total(one) for one in around]
            if max(values) > value:
                value, now = max(values), around[int(np.argmax(values))]
        found.append(value)
    return max(found)


def compared(size: int, trials: int, seeds: int, *, planned: bool = True) -> dict[str, Any]:
    """Regret of both samplers and of what they begin with, mean and 95 % interval over worlds; and seconds."""
    lost: dict[str, list[float]] = {}
    slow: list[float] = []
    for seed in range(seeds):
        world = made(size, seed, planned=planned)
        best = best_known(world)
        ours, seconds = searched(world, OrderingSampler(seed, curriculum=world.curriculum), trials)
        drawn, _ = searched(world, random_sampler(seed), trials)
        joint, sequence = (world.total(world.starts[at]) for at in (0, 2))
        best = max(best, ours, drawn)
        slow += seconds
        for name, value in (("ours", ours), ("random", drawn), ("joint", joint), ("planned", sequence)):
            lost.setdefault(name, []).append(best - value)
    gain = {name: (np.array(lost[name]) - np.array(lost["ours"])).tolist() for name in lost if name != "ours"}
    return {
        "domains": size,
        "begun": "planned" if planned else "cold",
        "trials": trials,
        "worlds": seeds,
        "seconds_a_proposal": {"mean": round(float(np.mean(slow)), 3), "most": round(max(slow), 3)},
        "regret": {name: interval_over(values) for name, values in lost.items()},
        "ours_is_better_by": {name: interval_over(values) for name, values in gain.items()},
    }


def begun(size: int, seeds: int) -> dict[str, Any]:
    """What there is to be had without any search: noiseless scores over joint training, mean and interval over worlds.

    `planned`, `written`: the best of the warm start by the planner's order, or by that of the file. `drawn`: the best
    of `DRAWN` even draws of the space, which is what a search of 16 trials has left for draws. `reachable`: what
    climbing the order by these scores themselves comes to, from the best of the warm start.
    """
    rows: dict[str, list[float]] = {}
    for seed in range(seeds):
        worlds = {planned: made(size, seed, planned=planned) for planned in (True, False)}
        world, rng = worlds[True], np.random.default_rng(seed)
        joint = world.total(world.starts[0])
        drawn = [world.total(dict(one)) for one in candidates(space(world.curriculum), [], rng)[:DRAWN]]
        found = {
            "planned": max(map(world.total, world.starts)),
            "written": max(map(worlds[False].total, worlds[False].starts)),
            "drawn": max(drawn),
            "reachable": _climbed(world, max(world.starts, key=world.total), rng),
        }
        for name, value in found.items():
            rows.setdefault(name, []).append(value - joint)
    return {"domains": size, "worlds": seeds, "over_joint": {name: interval_over(one) for name, one in rows.items()}}


def _climbed(world: Made, params: dict[str, Any], rng: np.random.Generator) -> float:
    """The noiseless score that moving domains about in the order comes to, `TRIES` moves one after the other."""
    value, names = world.total(params), placed(params)
    for _ in range(TRIES):
        moved = {**params, **places(neighbour(order_of(params, names), rng))}
        if (found := world.total(moved)) > value:
            params, value = moved, found
    return value


def _blocks(scores: Array) -> tuple[Array, ...]:
    """One seed, one item a domain."""
    return tuple(np.full((1, 1), score) for score in scores.tolist())


def _starts(curriculum: Curriculum, order: Path) -> list[dict[str, Any]]:
    own = own_choice(curriculum, order, "sequential")
    changes: tuple[dict[str, Any], ...] = (
        {"composition": "joint"},
        {"opening": 0.5, "refresh": 0.1},
        {},
        {"composition": "pairs"},
        {"composition": "cumulative"},
    )
    return [params_of(own.model_copy(update=change), curriculum) for change in changes]


def _curriculum(names: Sequence[str]) -> Curriculum:
    domain = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}
    return Curriculum.model_validate(
        {
            "name": "made-up",
            "model": {"type": "scratch"},
            "domains": dict.fromkeys(names, domain),
            "training": {"steps": 20, "prompts": 4, "rollouts": 4},
            "search": {"compositions": ["joint", "sequential", "pairs", "cumulative"]},
        }
    )


def main() -> None:
    """A JSON for each number of domains: what `compared` says, or `begun`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("domains", nargs="*", type=int, default=[12, 30])
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--begun", action="store_true", help="only what there is to be had, without any search")
    given = parser.parse_args()
    for size in given.domains:
        tried = given.trials, given.seeds
        found = begun(size, given.seeds) if given.begun else compared(size, *tried, planned=not given.cold)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
