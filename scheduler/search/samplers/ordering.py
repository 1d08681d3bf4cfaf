"""Proposes by a model of schedules."""

from __future__ import annotations

from typing import Any

from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial

from curricula.schema import Curriculum
from scheduler.search.samplers.random import random_sampler


class OrderingSampler(BaseSampler):
    """For now: draws. The model follows; the interface stays."""

    def __init__(self, seed: int = 0, *, curriculum: Curriculum | None = None) -> None:
        self._seed, self._curriculum = seed, curriculum
        self._random = random_sampler(seed)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """None yet."""
        return {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """None yet."""
        return {}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Drawn evenly."""
        self._raise_error_if_multi_objective(study)
        return self._random.sample_independent(study, trial, param_name, param_distribution)
