"""Our sampler within limits: simulated learners of which some orders take too much from the first domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import optuna
import pytest

from curricula.schema import Constraints
from scheduler.measurements import Path
from scheduler.search.orders import order_of
from scheduler.search.samplers import SAMPLERS
from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.space import suggest
from scheduler.search.trial_history import tell_scores
from tests.scheduler.search.test_ordering_sampler import FOUR, run
from tests.support.scheduler import NAMES, make_curriculum

pytestmark = pytest.mark.slow

SIX = NAMES[:6]
SPACE = {"lengths": [1], "opening": [0], "refresh": [0], "compositions": ["sequential"]}
TRIALS = 24


@dataclass(frozen=True)
class World:
    """Learners that a domain's own stage brings to 0.8, and every other stage i moves by ``effects[i, j]``."""

    effects: np.ndarray
    bound: float
    """The most that later stages may take from the first domain, which has a small weight."""

    @classmethod
    def drawn(cls, seed: int) -> World:
        """One in which four orders in five take too much."""
        rng = np.random.default_rng(seed)
        effects = rng.normal(0, 0.03, (6, 6))
        effects[:, 0] = -abs(effects[:, 0])
        lost = [cls(effects, 0.0).lost(tuple(rng.permutation(SIX).tolist())) for _ in range(400)]
        return cls(effects, float(np.quantile(lost, 0.2)))

    def path(self, order: Path) -> np.ndarray:
        """Scores after each stage, (stages + 1, domains)."""
        found = [np.full(6, 0.4)]
        for at in map(SIX.index, order):
            found.append(np.where(np.arange(6) == at, 0.8, found[-1] + self.effects[at]))
        return np.array(found)

    def lost(self, order: Path) -> float:
        """By the first domain, after its own stage."""
        after = self.path(order)[order.index(SIX[0]) + 1 :, 0]
        return float(after[0] - after[-1])

    def search(self, seed: int, *, told: bool) -> list[tuple[float, float]]:
        """(total, what is beyond the limit) of each trial; `told`: whether the sampler hears of the second."""
        spec = make_curriculum(SIX, search={**SPACE, "seed": seed})
        light = {SIX[0]: spec.domains[SIX[0]].model_copy(update={"weight": 0.1})}
        held = spec.schedule.model_copy(update={"constraints": Constraints(loss={SIX[0]: self.bound})})
        curriculum = spec.model_copy(update={"domains": {**spec.domains, **light}, "schedule": held})
        study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
        shares = np.array([0.1, 1, 1, 1, 1, 1]) / 5.1
        found = []
        for _ in range(TRIALS):
            trial = study.ask()
            order = suggest(trial, curriculum).order
            path = self.path(order)
            for depth in range(1, 7):
                tell_scores(trial, depth, dict(zip(SIX, path[depth].tolist(), strict=True)))
                trial.report(float(path[depth] @ shares), depth)
            beyond = self.lost(order) - self.bound
            if told and order[-1] != SIX[0]:
                trial.set_constraint(f"loss of {SIX[0]}", beyond)
            study.tell(trial, float(path[-1] @ shares))
            found.append((float(path[-1] @ shares), beyond))
        return found


@pytest.mark.parametrize("seed", [3, 7])
def test_with_limits_it_ends_with_as_good_a_schedule_that_keeps_them_or_a_better_one(seed):
    world = World.drawn(seed)
    told, untold = ([row for row in world.search(0, told=one) if row[1] <= 0] for one in (True, False))
    assert told
    assert max(told)[0] >= max(untold, default=(-np.inf, 0.0))[0]
    assert len(told) > len(untold)


def test_without_limits_it_proposes_what_it_did_before_it_knew_of_any():
    curriculum = make_curriculum(FOUR, search=SPACE)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    run(study, curriculum, 10)
    asked = [" ".join(order_of(trial.params, FOUR)) for trial in study.trials]
    assert asked == [
        "sort sums spell stories",
        "sort sums stories spell",
        "sort stories sums spell",
        "sort stories spell sums",
        "sort spell sums stories",
        "sort spell stories sums",
        "sums sort stories spell",
        "sums sort spell stories",
        "sums stories sort spell",
        "sums stories spell sort",
    ]


def test_in_any_space_what_was_told_to_be_beyond_limits_is_shunned():
    def beyond(trial):
        x = trial.suggest_float("x", 0, 1)
        trial.set_constraint("at most a half", x - 0.5)
        return x

    study = optuna.create_study(direction="maximize", sampler=OrderingSampler(0))
    study.optimize(beyond, n_trials=25)
    values = [trial.value for trial in study.trials]
    assert max(value for value in values if value <= 0.5) > 0.49
    assert 0.45 < np.median(values[10:]) < 0.55
