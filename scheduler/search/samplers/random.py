"""Draws every choice evenly."""

from __future__ import annotations

from optuna.samplers import RandomSampler

from scheduler.search.samplers.per_trial import PerTrial


def random_sampler(seed: int) -> PerTrial:
    """Optuna's random sampler; any search space."""
    return PerTrial(lambda one: RandomSampler(seed=one), seed)
