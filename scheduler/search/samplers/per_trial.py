"""Samplers without a memory: what they propose depends on the seed, the trial's number and the study alone.

Optuna's samplers carry a random state from trial to trial, which a killed process takes with it. Here every trial
gets a sampler of its own, seeded by its number, so that a study that was resumed goes the way of one left alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial


def trial_seed(seed: int, trial: FrozenTrial, what: str = "") -> int:
    """A 32-bit seed for `what` in this trial."""
    entropy = [seed, trial.number, zlib.crc32(what.encode())]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])


class PerTrial(BaseSampler):
    """Another sampler, made anew for every trial by ``make(seed)``."""

    def __init__(self, make: Callable[[int], BaseSampler], seed: int) -> None:
        self._make, self._seed = make, seed

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """As the other sampler does."""
        return self._make(trial_seed(self._seed, trial)).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """As the other sampler does."""
        return self._make(trial_seed(self._seed, trial)).sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """As the other sampler does; the seed also depends on the parameter, or all would draw alike."""
        sampler = self._make(trial_seed(self._seed, trial, param_name))
        return sampler.sample_independent(study, trial, param_name, param_distribution)
