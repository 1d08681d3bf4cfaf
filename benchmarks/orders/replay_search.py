"""A search replayed on a table of all orders, at no training cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import optuna
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

from benchmarks.orders.strategy import Step, seconds
from benchmarks.orders.table import Table
from curricula.schema import Curriculum, SearchSpec
from scheduler.measurements import Path
from scheduler.path_text import order_text
from scheduler.search.orders import places
from scheduler.search.space import suggest
from scheduler.search.trial_history import MEASURED, tell_scores

FRUITLESS = 200
"""Trials in a row that cost nothing, after which a search is taken to have finished."""


def order_space(curriculum: Curriculum) -> Curriculum:
    """The curriculum with a search over orders alone, composed as the table is."""
    return curriculum.model_copy(
        update={"search": SearchSpec(compositions=("sequential",), lengths=(1.0,), opening=(0.0,), refresh=(0.0,))}
    )


def replay(
    table: Table,
    seed_positions: Sequence[int],
    sampler: BaseSampler,
    *,
    budget: int,
    enqueue: Sequence[Path] = (),
    pruner: BasePruner | None = None,
    trained: Collection[Path] = (),
    fruitless: int = FRUITLESS,
) -> list[Step]:
    """After each trial that finished: what was spent a seed so far, and the best order by validation.

    Trials see the mean over the seeds at `seed_positions`. A stage that was run before costs nothing. The search
    ends before the trial that would go over `budget`, or after `fruitless` trials in a row that cost nothing. Paths in
    `trained` were run, and counted, before it began. Make `sampler` and `pruner` for ``order_space(curriculum)``.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    at = list(seed_positions)
    scores = {
        path: dict(zip(table.domains, found[at].mean(axis=0).tolist(), strict=True))
        for path, found in table.scores("validation").items()
    }
    values = {path: float(np.mean(total[at])) for path, total in table.totals("validation").items()}
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner or optuna.pruners.NopPruner())
    for order in enqueue:
        study.enqueue_trial(places(order))
    if trained:
        study.set_user_attr(MEASURED, {"0": {order_text(path): scores[path] for path in [(), *trained]}})
    curriculum = order_space(table.curriculum)
    run: set[Path] = set(trained)
    curve: list[Step] = []
    idle = 0
    while idle < fruitless and len(run) < len(values) - 1:
        trial = study.ask()
        order = suggest(trial, curriculum).order
        spent = len(run)
        finished = _train(trial, order, values, scores, run, budget)
        if finished is None:
            break
        study.tell(trial, values[order] if finished else None, state=None if finished else _PRUNED)
        idle = idle + 1 if len(run) == spent else 0
        if finished:
            curve.append(Step(len(run), _better(values, curve, order), seconds(table, run)))
    return curve


_PRUNED = optuna.trial.TrialState.PRUNED


def _train(
    trial: optuna.Trial,
    order: Path,
    values: dict[Path, float],
    scores: dict[Path, dict[str, float]],
    run: set[Path],
    budget: int,
) -> bool | None:
    """Whether the trial ran to its end; None where the budget did not let it."""
    for depth in range(1, len(order) + 1):
        path = order[:depth]
        if path not in run and len(run) >= budget:
            return None
        run.add(path)
        tell_scores(trial, depth, scores[path])
        trial.report(values[path], depth)
        if depth < len(order) and trial.should_prune():
            return False
    return True


def _better(values: dict[Path, float], curve: list[Step], order: Path) -> Path:
    if not curve or values[order] > values[curve[-1].order]:
        return order
    return curve[-1].order
