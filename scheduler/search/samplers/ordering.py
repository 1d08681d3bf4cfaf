"""The sampler of our own: a Gaussian process over schedules and their beginnings, and what each proposal costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.search_space import intersection_search_space
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from curricula.schema import Curriculum
from scheduler.measurements import Array, Path
from scheduler.search.acquisition import log_expected_improvement
from scheduler.search.beliefs import Beliefs, believe
from scheduler.search.candidates import candidates, few, near
from scheduler.search.encoders import Encoder, Plain
from scheduler.search.layout import Layout
from scheduler.search.orders import placed
from scheduler.search.points import Lineages, Points
from scheduler.search.samplers.per_trial import trial_seed
from scheduler.search.samplers.random import random_sampler
from scheduler.search.space import Params
from scheduler.search.surrogate import Blend
from scheduler.search.trial_history import histories

CLIMBED = 6
"""Most promising points whose neighbourhood is looked at once more."""


class OrderingSampler(BaseSampler):
    """Proposes the schedule with the largest expected improvement for each new completion, within limits if there are.

    The improvement is that of what schedules are expected to score with any seed, over the best such expectation of
    those that finished: luck is nobody's merit. Where trials were told what they exceed (Optuna's constraints) it is
    over the best that kept all limits, and counts by the probability that a schedule keeps them (Gardner et al. 2014);
    while none did, that probability alone counts. It learns from the value after every stage of every trial; stages
    that another trial has trained or is training cost nothing. Running trials count as if they scored what is expected
    of them. Without a `curriculum` it takes any search space: a trial is then one stage. What it proposes depends on
    the seed, the trial's number and the study alone. ValueError for several objectives.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        curriculum: Curriculum | None = None,
        order: Path | None = None,
        n_startup: int = 1,
    ) -> None:
        """`order`: the plan's, for ``search.order: plan``. Before `n_startup` finished trials it draws."""
        self._seed, self._n_startup = seed, n_startup
        self._layout = Layout(curriculum, order) if curriculum else None
        self._random = random_sampler(seed)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """The curriculum's space, else what all trials so far have in common."""
        if self._layout:
            return self._layout.space
        return intersection_search_space(study.get_trials(deepcopy=False))

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """A value for every parameter of `search_space`."""
        self._raise_error_if_multi_objective(study)
        if not search_space:
            return {}
        encoder: Encoder = Plain(search_space)
        if self._layout and search_space == self._layout.space:
            encoder = self._layout
        # Looked at once: what another thread chooses meanwhile is either in all of this or in none.
        others = study.get_trials(deepcopy=False)
        trials = histories(study, others, search_space, but=trial.number)
        rng = np.random.default_rng(trial_seed(self._seed, trial))
        pool, lineages = candidates(search_space, trials, rng), Lineages()
        beliefs = believe(study, trials, encoder, lineages)
        ranked = self._ranked(pool, encoder, beliefs, lineages, rng)
        if placed(search_space) and beliefs.finals and not few(search_space):
            # Orders are too many to meet the best by chance: once more around the most promising.
            around = near(ranked[:CLIMBED], search_space, rng, len(pool) // 2)
            ranked = self._ranked([*ranked[:CLIMBED], *around], encoder, beliefs, lineages, rng)
        return dict(ranked[min(_abreast(others, trial), len(ranked) - 1)])

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Drawn evenly: for parameters that not all trials have."""
        self._raise_error_if_multi_objective(study)
        return self._random.sample_independent(study, trial, param_name, param_distribution)

    def _ranked(
        self, pool: Sequence[Params], encoder: Encoder, beliefs: Beliefs, lineages: Lineages, rng: np.random.Generator
    ) -> list[Params]:
        """Those of the pool that are not settled yet, the most promising first; all of it where all are settled."""
        points = encoder.ends(pool, lineages, [beliefs.mixtures] * len(pool))
        turn = rng.permutation(len(pool))
        # Of choices that are trained alike one is enough.
        turn = turn[np.sort(np.unique(points.number[turn], return_index=True)[1])]
        # What begins with a stage that failed would fail again.
        open_to = ~np.isin(points.number, list(beliefs.settled)) & ~np.isin(points.lineage, list(beliefs.failed)).any(1)
        fresh = turn[open_to[turn]]
        if not len(fresh) or beliefs.expecting is None or len(beliefs.finals) < self._n_startup:
            return [pool[at] for at in (fresh if len(fresh) else turn).tolist()]
        worth = _worth(points[fresh], beliefs, beliefs.expecting)
        return [pool[at] for at in fresh[np.argsort(-np.round(worth, 9), kind="stable")].tolist()]


def _abreast(others: Sequence[FrozenTrial], trial: FrozenTrial) -> int:
    """How many trials are choosing at this moment, in other threads or processes: they take what is best."""
    return sum(one.state == TrialState.RUNNING and one.number < trial.number and not one.params for one in others)


def _worth(points: Points, beliefs: Beliefs, model: Blend) -> Array:
    """Logarithm of the expected improvement, times the probability that limits are kept, for each new completion; a
    stage's at the least."""
    mean, deviation = model.at(points.still)
    stages = points.cost[:, :, 0]
    cost = np.maximum(beliefs.unpaid(points), stages[stages > 0].min())
    best = beliefs.best if beliefs.finals else float(mean.max())
    # Where nothing that finished keeps the limits, any schedule that does is an improvement.
    gain = log_expected_improvement(mean, deviation, best) if np.isfinite(best) else 0.0
    return np.asarray(gain + beliefs.log_kept(points.still) - np.log(cost))
