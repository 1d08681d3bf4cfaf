"""Searches over many made-up domains with a simulated learner of known truth: seconds a proposal, and regret.

    python -m benchmarks.many_domains [domains ...] [--trials 24] [--seeds 5]

The learner is that of scheduler/dynamics.py with effects of its own: every domain's probe raises its score, most pairs
are left alone, some domains help others, some harm them, and luck is added to every stage run. A search sees the scores
after each stage. Each sampler gets the same number of trials, and so of completions, since every schedule has the same
budget; each begins with the same warm start: joint training, joint then an order then joint, that order one domain a
stage, in pairs, and cumulative. What a search names in the end (scheduler/search/standings.py) is judged by its
noiseless score, against the best that climbing these scores themselves from many starts found, or any search.
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

from curricula.schema import Curriculum
from curricula.search_checks import search_seeds
from scheduler.choice import own_choice
from scheduler.compose import schedule_of
from scheduler.dynamics import Truth, amounts, scores_after
from scheduler.measurements import Array
from scheduler.search.candidates import candidates, near
from scheduler.search.layout import Layout
from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.samplers.random import random_sampler
from scheduler.search.space import choice_of, params_of, space
from scheduler.search.standings import reserved, standings, to_repeat, winner
from scheduler.search.trial_history import RUNG, tell_scores
from scheduler.statistics import quantile

LUCK = 0.01
"""Standard deviation that every stage run adds to every domain's score."""
HARM, HELP = 0.15, 0.1
"""Shares of the ordered pairs in which one domain's probe harms, or helps, another."""
MOST = 0.1
"""Largest effect of a probe on another domain."""
REPAIR = 1.5
"""A probe closes so much of its own gap that little of a harm is left after it, but not none."""
CLIMBS, ROUNDS, AROUND = 3, 20, 30
"""Drawn starts, steps and neighbours of the climbing that says what could be reached."""


@dataclass(frozen=True, eq=False)
class Made:
    """Made-up domains and what training does to them."""

    curriculum: Curriculum
    truth: Truth

    @cached_property
    def own(self) -> dict[str, int]:
        """Completions of each domain's own stage."""
        training = self.curriculum.training
        return dict.fromkeys(self.curriculum.domains, training.steps * training.completions)

    @cached_property
    def starts(self) -> list[dict[str, Any]]:
        """Where every search begins, joint training first."""
        return _starts(self.curriculum)

    def scores(self, params: dict[str, Any], rung: int | None) -> Array:
        """(stages, domains) after each stage; with the luck of a seed, or none."""
        schedule = schedule_of(choice_of(params, self.curriculum), self.curriculum, "")
        found, now = [], None
        for depth, stage in enumerate(amounts(schedule, self.own)):
            now = scores_after(stage[None], self.truth, now)
            if rung is not None:
                # Of the beginning, so that trials that begin alike have the same.
                begun = repr([one.model_dump(mode="json") for one in schedule.stages[: depth + 1]])
                digest = np.frombuffer(begun.encode(), np.uint8).astype(np.uint32)
                now = now + np.random.default_rng([rung, *digest.tolist()]).normal(0, LUCK, now.shape)
            found.append(np.clip(now[0], 0.0, 1.0))
        return np.array(found)

    def total(self, params: dict[str, Any]) -> float:
        """The noiseless mean score in the end."""
        return float(self.scores(params, None)[-1].mean())


def made(size: int, seed: int) -> Made:
    """So many domains, with effects drawn anew."""
    rng = np.random.default_rng([size, seed])
    names = tuple(f"d{at:02}" for at in range(size))
    base, gain = rng.uniform(0.2, 0.5, size), rng.uniform(0.05, 0.3, size)
    kind = rng.random((size, size))
    effects = np.where(kind < HARM, -1.0, np.where(kind < HARM + HELP, 1.0, 0.0)) * rng.uniform(0, MOST, (size, size))
    np.fill_diagonal(effects, gain)
    truth = Truth(base, effects[None], np.array([REPAIR]), np.array([1.0]))
    return Made(_curriculum(names), truth)


def searched(world: Made, sampler: BaseSampler, trials: int) -> tuple[float, list[float]]:
    """Noiseless score of the schedule that a search names, and the seconds that each proposal took."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    curriculum, layout = world.curriculum, Layout(world.curriculum)
    seeds, open_ones = len(search_seeds(curriculum)), space(curriculum)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for start in world.starts[: trials - reserved(trials, seeds)]:
        study.enqueue_trial(start)
    seconds = []
    for begun in range(trials):
        began = time.process_time()
        if not any(trial.state == optuna.trial.TrialState.WAITING for trial in study.get_trials(deepcopy=False)):
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


def compared(size: int, trials: int, seeds: int) -> dict[str, Any]:
    """Regret of both samplers and of what they begin with, mean and 95 % interval over worlds; and seconds."""
    lost: dict[str, list[float]] = {}
    slow: list[float] = []
    for seed in range(seeds):
        world = made(size, seed)
        best = best_known(world)
        ours, seconds = searched(world, OrderingSampler(seed, curriculum=world.curriculum), trials)
        drawn, _ = searched(world, random_sampler(seed), trials)
        joint, best = world.total(world.starts[0]), max(best, ours, drawn)
        slow += seconds
        for name, value in (("ours", ours), ("random", drawn), ("joint", joint)):
            lost.setdefault(name, []).append(best - value)
    gain = np.array(lost["random"]) - np.array(lost["ours"])
    return {
        "domains": size,
        "trials": trials,
        "worlds": seeds,
        "seconds_a_proposal": {"mean": round(float(np.mean(slow)), 3), "most": round(max(slow), 3)},
        "regret": {name: _interval(values) for name, values in lost.items()},
        "better_than_random_by": _interval(gain.tolist()),
    }


def _starts(curriculum: Curriculum) -> list[dict[str, Any]]:
    own = own_choice(curriculum, tuple(curriculum.domains), "sequential")
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


def _interval(values: Sequence[float]) -> list[float]:
    mean, count = float(np.mean(values)), len(values)
    half = quantile(count - 1, 0.025) * float(np.std(values, ddof=1)) / count**0.5 if count > 1 else 0.0
    return [round(number, 4) for number in (mean, mean - half, mean + half)]


def main() -> None:
    """One JSON: for each number of domains what `compared` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("domains", nargs="*", type=int, default=[12, 30])
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    print(json.dumps([compared(size, given.trials, given.seeds) for size in given.domains], indent=1))


if __name__ == "__main__":
    main()
