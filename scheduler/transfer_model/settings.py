"""What a transfer model assumes about stages, as a few numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Stage number k (from 0) on domain i moves the score s of domain j from the base's level b by

        s ← s + η_k · (B[i→j] − φ_ij · (s − b)),     η_k = lr_decay^(decay · k)

    with φ_ij = `saturation` where i is j and `forgetting` elsewhere; a residual by path is added. The defaults
    are the additive model of scheduler/prediction/predict.py: an own stage saturates, transfer is constant.
    """

    saturation: float = 1.0
    """1: an own stage always ends at the same score; 0: it always adds the same gain."""
    forgetting: float = 0.0
    """Share of what a domain has gained that a stage on another domain undoes."""
    decay: float = 0.0
    """0: effects do not depend on the stage's learning rate; 1: they are proportional to it."""
    residual: float = 0.0
    """Standard deviation of what the recursion cannot say, in units of the effects' own size."""
    rate: float = 2.0
    """Mallows kernel of the residual: how fast paths that share fewer marks become unlike."""
    luck: float = 0.0
    """Standard deviation of what chance does to a score in one stage, in units of the effects' own size."""
    inherit: float = 0.0
    """Share of luck that a later stage leaves."""
