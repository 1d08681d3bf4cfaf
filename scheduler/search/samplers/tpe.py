"""Optuna's tree-structured Parzen estimator, told how far orders are from each other.

Optuna spreads the weight of an observed category evenly over all others. For ``order`` it is spread by Kendall's
distance instead, by the formula of Optuna's former option ``categorical_distance_func`` (removed in its version 5).
"""

from __future__ import annotations

import math

import numpy as np
from optuna.distributions import CategoricalDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.probability_distributions import _BatchedCategoricalDistributions, _BatchedDistributions

from scheduler.measurements import Array
from scheduler.path_kernel import distance, marks
from scheduler.path_text import path_of
from scheduler.search.keys import ORDER
from scheduler.search.samplers.per_trial import PerTrial


def tpe_sampler(seed: int, n_startup: int = 10) -> PerTrial:
    """Multivariate TPE; running trials count as bad ones, so that parallel proposals differ. Any search space."""

    def make(one: int) -> TPESampler:
        sampler = TPESampler(seed=one, multivariate=True, constant_liar=True, n_startup_trials=n_startup)
        # The place that Optuna's source names for customising the estimator.
        sampler._parzen_estimator_cls = _OrderEstimator
        return sampler

    return PerTrial(make, seed)


class _OrderEstimator(_ParzenEstimator):
    """Knows that orders are near or far."""

    def _calculate_categorical_distributions(
        self,
        observations: Array,
        param_name: str,
        search_space: CategoricalDistribution,
        parameters: _ParzenEstimatorParameters,
    ) -> _BatchedDistributions:
        apart = order_distances(search_space.choices) if param_name == ORDER and len(observations) else None
        if apart is None:
            return super()._calculate_categorical_distributions(observations, param_name, search_space, parameters)
        seen, kernels, size = observations.astype(int), len(observations) + 1, len(search_space.choices)
        steepness = math.log(kernels / parameters.prior_weight) * math.log(size) / math.log(6)
        weights = np.full((kernels, size), parameters.prior_weight / kernels)
        weights[: len(seen)] += np.exp(-(apart[seen] ** 2) * steepness)
        return _BatchedCategoricalDistributions(weights / weights.sum(axis=1, keepdims=True))


def order_distances(choices: tuple[object, ...]) -> Array | None:
    """Kendall's distance over its largest value, (choices, choices); None where these are not orders of one set."""
    if not all(isinstance(choice, str) for choice in choices) or len(choices) < 2:
        return None
    paths = [path_of(str(choice)) for choice in choices]
    names = sorted(paths[0])
    if len(set(names)) != len(names) or any(sorted(path) != names for path in paths):
        return None
    apart = distance(marks(paths, names), marks(paths, names))
    return np.asarray(apart / apart.max())
