"""Searches over orders, replayed: trials read the table instead of training.

What a trial shows is what ``stagewise search`` shows its sampler: the validation total after each stage, and how many
stages were new. Every search keeps the order with the best validation total, and is charged for new stages only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import optuna

from benchmarks.orders.planners import chosen, planner_names, probes
from benchmarks.orders.strategy import Step, Strategy, beginnings, tree_size
from benchmarks.orders.table import Table
from curricula.schema import Curriculum
from curricula.search import SamplerName, SearchSpec
from scheduler.measurements import Array, Path
from scheduler.search.build import schedule_fingerprint, schedule_of
from scheduler.search.choice import Choice
from scheduler.search.samplers import SAMPLERS
from scheduler.search.space import params_of, suggest

DRAWS = 20
TRIALS = 100
"""A search that goes on repeating itself after so many has ended."""


def searchers(draws: int = DRAWS) -> dict[str, Strategy]:
    """Random orders, Optuna's samplers with ours, and ours told first what the orders that ship would train."""

    def search(sampler: SamplerName, *, warm: bool = False) -> Strategy:
        return Strategy(partial(searched, sampler=sampler, warm=warm), draws, searches=True)

    return {
        "random": Strategy(drawn, draws, searches=True),
        "optuna_random": search("random"),
        "tpe": search("tpe"),
        "ours": search("ordering"),
        "ours_warm": search("ordering", warm=True),
    }


def drawn(table: Table, seed: int, draw: int) -> Iterator[Step]:
    """All orders, in random turn."""
    turn = np.random.default_rng([seed, draw]).permutation(len(table.orders))
    best = _Best(_totals(table, seed))
    for at in turn:
        yield best.after(table.orders[at])


def searched(table: Table, seed: int, draw: int, *, sampler: SamplerName, warm: bool) -> Iterator[Step]:
    """A study over orders; `warm` begins with the probes and what the orders that ship make of them."""
    curriculum = orders_only(table.curriculum, sampler, 1000 * seed + draw)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS[sampler](curriculum))
    best = _Best(_totals(table, seed), beginnings(probes(table)) if warm else frozenset())
    for order in _first(table, seed) if warm else ():
        study.enqueue_trial(params_of(choice(order, curriculum), curriculum), skip_if_exists=True)
    for _ in range(TRIALS):
        trial = study.ask()
        order = suggest(trial, curriculum).order
        before = len(best.trained)
        step = best.after(order)
        _tell(study, trial, table, seed, curriculum, order, len(best.trained) - before)
        yield step
        if len(best.trained) == tree_size(table):
            return


def orders_only(curriculum: Curriculum, sampler: SamplerName, seed: int) -> Curriculum:
    """The same with everything pinned but the order."""
    search = SearchSpec(sampler=sampler, compositions=("sequential",), seed=seed)
    return curriculum.model_copy(update={"search": search})


def choice(order: Path, curriculum: Curriculum) -> Choice:
    """The point of that space with this order."""
    spec = curriculum.schedule
    return Choice(order=order, lengths=dict.fromkeys(order, 1.0), lr_decay=spec.lr_decay, replay=spec.replay)


class _Best:
    """What was trained so far, and the best of it."""

    def __init__(self, totals: dict[Path, float], trained: frozenset[Path] = frozenset()) -> None:
        self.totals, self.trained = totals, trained
        self._order: Path | None = None

    def after(self, order: Path) -> Step:
        """Train one more order."""
        self.trained |= beginnings([order])
        if self._order is None or self.totals[order] > self.totals[self._order]:
            self._order = order
        return Step(self.trained, self._order)


def _tell(
    study: optuna.Study, trial: optuna.Trial, table: Table, seed: int, curriculum: Curriculum, order: Path, new: int
) -> None:
    after = [_scores(table, order[:depth], seed) for depth in range(1, len(order) + 1)]
    for number, scores in enumerate(after, 1):
        trial.report(float(table.weights @ scores), number)
    scores = after[-1]
    schedule = schedule_of(choice(order, curriculum), curriculum, "")
    trial.set_user_attr("scores", dict(zip(table.domains, scores.tolist(), strict=True)))
    trial.set_user_attr("worst", float(scores.min()))
    trial.set_user_attr("schedule", schedule_fingerprint(schedule))
    trial.set_user_attr("stage_runs", new)
    trial.set_user_attr("rollouts", sum(stage.rollout_budget for stage in schedule.stages))
    study.tell(trial, float(table.weights @ scores))


def _first(table: Table, seed: int) -> Sequence[Path]:
    """The plan's order, then those of the other orderings, each once."""
    return tuple(dict.fromkeys(chosen(table, seed, name) for name in planner_names()))


def _scores(table: Table, path: Path, seed: int) -> Array:
    return np.array([block[seed].mean() for block in table.items["validation"][path]])


def _totals(table: Table, seed: int) -> dict[Path, float]:
    return {order: float(table.weights @ _scores(table, order, seed)) for order in table.orders}
