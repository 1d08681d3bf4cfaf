"""Linear in the marks, with a residual that similar orders share (Mallows kernel)."""

from __future__ import annotations

from itertools import product

from scheduler.transfer_model.settings import Settings

RESIDUAL = (0.0, 0.25, 0.5, 1.0)
RATE = (0.5, 2.0, 6.0)


def mallows(lr_decay: float) -> tuple[Settings, ...]:
    """The additive model plus residuals of several sizes and reaches."""
    return tuple(Settings(residual=size, rate=rate) for size, rate in product(RESIDUAL, RATE))
