"""Effects that depend on the state: what a domain has gained is undone in part by every later stage."""

from __future__ import annotations

from itertools import product

from scheduler.transfer_model.saturating import DECAY, SATURATION
from scheduler.transfer_model.settings import Settings

FORGETTING = (0.0, 0.15, 0.3, 0.5, 0.75)


def state(lr_decay: float) -> tuple[Settings, ...]:
    """All combinations of saturation, forgetting and decay."""
    exponents = DECAY if lr_decay < 1 else (0.0,)
    return tuple(Settings(*values) for values in product(SATURATION, FORGETTING, exponents))
