"""Who asks how schedules stand: that takes a model of all that was seen, so only where a repeat may be next."""

from __future__ import annotations

import optuna

from experiments.search import asking
from experiments.search.asking import SearchTask, next_trial
from tests.support.search import curriculum


def test_standings_are_looked_at_only_where_a_repeat_may_be_next(monkeypatch):
    looked: list[int] = []
    monkeypatch.setattr(asking, "standings", lambda study, layout: looked.append(len(study.trials)) or ())
    study = optuna.create_study()
    task = SearchTask(curriculum=curriculum(seeds=[0, 1, 2]), trials=20)
    for _ in range(20):
        trial, _ = next_trial(study, task, ())
        study.tell(trial, 0.5)
    # Every fourth one, and the last four.
    assert looked == [3, 7, 11, 15, 16, 17, 18, 19]
