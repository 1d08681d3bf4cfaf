"""Repair: tried on the domain that later stages harmed, and what wins where it helps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution
from optuna.trial import TrialState

from curricula.stage import Stage
from scheduler.search.candidates import candidates, repairs
from scheduler.search.trial_history import TrialHistory
from scheduler.search.tried import schedule_of_trial
from tests.support.search_loop import SPEED, Nodes, make_curriculum, make_job, make_study

SPACE = {
    "repair": CategoricalDistribution((0.0, 0.1, 0.2)),
    "repaired": CategoricalDistribution(("a", "b")),
    **{f"length.{at}": CategoricalDistribution((1.0, 2.0)) for at in range(10)},
}
PLAIN = {name: one.choices[0] for name, one in SPACE.items()}


def history(*scores: Mapping[str, float], number: int = 0) -> TrialHistory:
    """A finished trial with these scores after its stages."""
    after = dict(enumerate(scores, start=1))
    return TrialHistory(number, dict(PLAIN), {}, after, 0.5 + number / 100, TrialState.COMPLETE)


def test_the_domain_that_ended_furthest_below_its_own_best_may_be_repaired():
    found = repairs([history({"a": 0.5, "b": 0.9}, {"a": 0.8, "b": 0.4}, {"a": 0.7, "b": 0.5})], SPACE)
    assert found == [{**PLAIN, "repair": share, "repaired": "b"} for share in (0.1, 0.2)]
    pinned = {name: one for name, one in SPACE.items() if name != "repair"}
    assert [one["repaired"] for one in repairs([history({"b": 0.9}, {"b": 0.4})], pinned)] == ["b"]


@pytest.mark.parametrize("scores", [(), ({"a": 0.5},), ({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.6})])
def test_where_nothing_fell_nothing_is_repaired(scores):
    assert repairs([history(*scores)], SPACE) == []


def test_the_best_trials_are_weighed_with_what_they_need_repaired():
    told = [history({"a": 0.9, "b": 0.5}, {"a": 0.4, "b": 0.6}, number=k) for k in range(12)]
    last = candidates(SPACE, told, np.random.default_rng(0))[-16:]
    assert [(one["repair"], one["repaired"]) for one in last] == [(0.1, "a"), (0.2, "a")] * 8
    bare = {name: one for name, one in SPACE.items() if not name.startswith("repair")}
    assert all("repair" not in one for one in candidates(bare, told, np.random.default_rng(0)))


class Forgetful(Nodes):
    """Sorting is learnt as far as sums are known, and whatever trains anything else takes from sums."""

    def learnt(self, skill: Mapping[str, float], stage: Stage) -> dict[str, float]:
        """What a stage makes of the skills."""
        found = dict(skill)
        for name in SPEED:
            amount = stage.mixture.get(name, 0.0) * stage.training.steps / 12
            base = skill["sums"] if name == "sort" else 1.0
            found[name] += (1 - skill[name]) * base * (1 - np.exp(-2 * amount))
        found["sums"] *= float(np.exp(-0.4 * (1 - stage.mixture.get("sums", 0.0)) * stage.training.steps / 40))
        return found


@pytest.mark.slow
def test_a_search_repairs_what_later_stages_harmed_and_wins_by_it(tmp_path):
    plain = {"lengths": [1], "leave_out": [], "lr_scale": [1], "lr_decay": [1.0], "refresh": [0], "methods": {}}
    space = {**plain, "sampler": "ordering", "compositions": ["sequential"], "seeds": [0]}
    best = {}
    for repair in ((0,), (0, 0.1)):
        job = make_job(tmp_path / str(len(repair)), make_curriculum(**space, repair=repair))
        study, _, _ = make_study(job, Forgetful(), 12)
        best[repair] = study.best_trial
    won = best[0, 0.1]
    assert (won.params["repair"], won.params["repaired"]) == (0.1, "sums")
    assert won.value > best[0,].value + 0.03
    stages = schedule_of_trial(won, job.curriculum, None).stages
    assert (stages[-1].mixture, stages[-1].training.steps) == ({"sums": 1.0}, 12)
    assert sum(stage.training.steps for stage in stages) == 120
