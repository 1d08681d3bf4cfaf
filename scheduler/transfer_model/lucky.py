"""Saturating, where what single runs show is partly luck that the paths after them inherit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from scheduler.transfer_model.saturating import saturating
from scheduler.transfer_model.settings import Settings

LUCK = (0.25, 0.5, 1.0)
INHERIT = (0.0, 0.5, 1.0)


def lucky(lr_decay: float) -> tuple[Settings, ...]:
    """All combinations of partial saturation, decay, luck and its inheritance."""
    return tuple(
        replace(settings, luck=luck, inherit=inherit)
        for settings, luck, inherit in product(saturating(lr_decay), LUCK, INHERIT)
    )
