"""A study as rows: what was tried, what nothing else beats, and which choices mattered."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Sequence
from itertools import accumulate

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from experiments.search.analysis.report import ParamValue, TrialRow, TrialState
from scheduler.search.keys import ORDER, PLACE, key_of
from scheduler.search.orders import readable
from scheduler.search.trial_history import REPEATS, RUNG

STATES: dict[State, TrialState] = {
    State.COMPLETE: "complete",
    State.PRUNED: "pruned",
    State.FAIL: "failed",
    State.RUNNING: "running",
    State.WAITING: "waiting",
}
FEWEST_TRIALS = 20
"""Finished trials below which no importance is given."""
BEST_TRIALS = 5
"""How many trials the best part holds at least, as Optuna's documentation of PED-ANOVA advises."""


def trial_rows(study: optuna.Study, seeds: Sequence[int]) -> tuple[TrialRow, ...]:
    """All trials by number; `seeds` are those of the search."""
    trials = sorted(study.get_trials(deepcopy=False), key=lambda trial: trial.number)
    return tuple(_row(trial, seeds) for trial in trials)


def pareto(rows: Sequence[TrialRow]) -> tuple[int, ...]:
    """Numbers of finished trials that no other one reaches in total and worst domain and beats in one of them."""
    points = {(row.value, row.worst): row for row in reversed(rows) if row.value is not None and row.worst is not None}
    best, kept = float("-inf"), []
    for value, worst in sorted(points, reverse=True):
        if worst > best:
            best = worst
            kept.append(points[value, worst].number)
    return tuple(kept)


def spent_by(rows: Sequence[TrialRow]) -> dict[int, int]:
    """Trial → completions that the search had spent when it ended, in order of number."""
    return dict(zip((row.number for row in rows), accumulate(row.completions for row in rows), strict=True))


def best_so_far(rows: Sequence[TrialRow]) -> list[tuple[int, float]]:
    """(completions spent, best value so far) at each trial that finished, in order of number."""
    spent = spent_by(rows)
    done = [(spent[row.number], row.value) for row in rows if row.value is not None]
    return list(zip((at for at, _ in done), accumulate((value for _, value in done), max), strict=True))


def importance(study: optuna.Study) -> dict[str, float] | None:
    """Choice → share of what tells the best tenth of the trials from all, largest first; None with few trials.

    PED-ANOVA (Watanabe et al. 2023, arXiv 2304.10255), with choices that exist only beside others weighted as in
    its conditional form (arXiv 2601.20800). Choices by domain are added up under their common name.
    """
    done = study.get_trials(deepcopy=False, states=(State.COMPLETE,))
    if len(done) < FEWEST_TRIALS or len({trial.value for trial in done}) < BEST_TRIALS:
        return None
    evaluator = PedAnovaImportanceEvaluator(target_quantile=max(0.1, BEST_TRIALS / len(done)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        found = get_param_importances(study, evaluator=evaluator)
    return grouped({name: float(share) for name, share in found.items()})


def grouped(shares: dict[str, float]) -> dict[str, float]:
    """``length.a`` and ``length.b`` become ``length``, places the order; largest first."""
    total: dict[str, float] = {}
    for name, share in shares.items():
        choice = ORDER if key_of(name).choice == PLACE else key_of(name).choice
        total[choice] = total.get(choice, 0.0) + share
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def trials_csv(rows: Sequence[TrialRow], domains: Sequence[str]) -> str:
    """One line a trial, choices as ``choice.<name>``, validation scores as ``score.<domain>``; empty: not there."""
    choices = list(dict.fromkeys(name for row in rows for name in row.params))
    head = ["number", "state", "start", "repeats", "seed", "value", "worst", "stages", "stage_runs", "completions"]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*head, *(f"choice.{name}" for name in choices), *(f"score.{name}" for name in domains)])
    for row in rows:
        fixed = [getattr(row, name) for name in head]
        chosen = [row.params.get(name) for name in choices]
        writer.writerow([*fixed, *chosen, *(row.scores.get(name) for name in domains)])
    return stream.getvalue()


def _row(trial: FrozenTrial, seeds: Sequence[int]) -> TrialRow:
    attrs = trial.user_attrs
    params: dict[str, ParamValue] = readable(trial.params)
    return TrialRow(
        number=trial.number,
        state=STATES[trial.state],
        start=attrs.get("start"),
        repeats=attrs.get(REPEATS),
        seed=seeds[attrs.get(RUNG, 0)],
        value=trial.value if trial.state == State.COMPLETE else None,
        params=params,
        scores=attrs.get("scores", {}),
        worst=attrs.get("worst"),
        stages=max(trial.intermediate_values, default=0),
        stage_runs=attrs.get("stage_runs", 0),
        completions=attrs.get("rollouts", 0),
        limits=trial.constraints,
    )
