"""Optuna's tree-structured Parzen estimator. Orders are numbers to it, one a domain (scheduler/search/orders.py)."""

from __future__ import annotations

import warnings

import optuna
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial

from scheduler.search.samplers.per_trial import PerTrial
from scheduler.search.trial_history import LIMITS


def tpe_sampler(seed: int, n_startup: int = 10, *, limited: bool = False) -> PerTrial:
    """Multivariate TPE; running trials count as bad ones, so that parallel proposals differ, and so do trials that were
    measured to break limits. Any search space."""

    def make(one: int) -> TPESampler:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return TPESampler(
                seed=one,
                multivariate=True,
                constant_liar=True,
                n_startup_trials=n_startup,
                constraints_func=_beyond if limited else None,
            )

    return PerTrial(make, seed)


def _beyond(trial: FrozenTrial) -> tuple[float, ...]:
    """As Optuna asks for it: above 0 where a limit is broken."""
    return tuple(trial.user_attrs.get(LIMITS, {}).values())
