"""Additive, with an own stage that may saturate only partly, and effects that may follow the learning rate."""

from __future__ import annotations

from itertools import product

from scheduler.transfer_model.settings import Settings

SATURATION = (1.0, 0.75, 0.5, 0.25)
DECAY = (0.0, 0.5, 1.0)


def saturating(lr_decay: float) -> tuple[Settings, ...]:
    """All combinations; without decay of the learning rate its exponent says nothing."""
    exponents = DECAY if lr_decay < 1 else (0.0,)
    return tuple(Settings(saturation=share, decay=exponent) for share, exponent in product(SATURATION, exponents))
