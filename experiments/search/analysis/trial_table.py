"""A study as rows: what was tried, and what nothing else beats."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import accumulate

import optuna
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from experiments.search.analysis.report import ParamValue, TrialRow, TrialState
from scheduler.search.orders import readable
from scheduler.search.trial_history import REPEATS, RUNG

STATES: dict[State, TrialState] = {
    State.COMPLETE: "complete",
    State.PRUNED: "pruned",
    State.FAIL: "failed",
    State.RUNNING: "running",
    State.WAITING: "waiting",
}


def trial_rows(study: optuna.Study, seeds: Sequence[int]) -> tuple[TrialRow, ...]:
    """All trials by number; `seeds` are those of the search."""
    trials = sorted(study.get_trials(deepcopy=False), key=lambda trial: trial.number)
    return tuple(_row(trial, seeds) for trial in trials)


def pareto(rows: Sequence[TrialRow]) -> tuple[int, ...]:
    """Numbers of finished trials that no other one reaches in total and worst domain and beats in one of them; of all
    with the first seed, since another is another luck."""
    alike = [row for row in reversed(rows) if row.repeats is None]
    points = {(row.value, row.worst): row for row in alike if row.value is not None and row.worst is not None}
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
    """(completions spent, best value so far) at each trial that finished with the first seed, in order of number."""
    spent = spent_by(rows)
    done = [(spent[row.number], row.value) for row in rows if row.value is not None and row.repeats is None]
    return list(zip((at for at, _ in done), accumulate((value for _, value in done), max), strict=True))


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
