"""Optuna's tree-structured Parzen estimator. Orders are numbers to it, one a domain (scheduler/search/orders.py)."""

from __future__ import annotations

from optuna.samplers import TPESampler

from scheduler.search.samplers.per_trial import PerTrial


def tpe_sampler(seed: int, n_startup: int = 10) -> PerTrial:
    """Multivariate TPE; running trials count as bad ones, so that parallel proposals differ. Any search space."""
    return PerTrial(
        lambda one: TPESampler(seed=one, multivariate=True, constant_liar=True, n_startup_trials=n_startup), seed
    )
