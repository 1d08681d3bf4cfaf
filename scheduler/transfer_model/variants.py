"""The variants: each a grid of `Settings`, from the simplest to the richest."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from scheduler.transfer_model.settings import Settings

SATURATION = (1.0, 0.75, 0.5, 0.25)
DECAY = (0.0, 0.5, 1.0)
LUCK = (0.25, 0.5, 1.0)
INHERIT = (0.0, 0.5, 1.0)
FORGETTING = (0.0, 0.15, 0.3, 0.5, 0.75)
RESIDUAL = (0.0, 0.25, 0.5, 1.0)
RATE = (0.5, 2.0, 6.0)


def additive(lr_decay: float) -> tuple[Settings, ...]:
    """Constant transfer, full saturation, as in scheduler/prediction/predict.py, from all paths, not the first level
    alone.

    One setting, whatever the learning rates do.
    """
    return (Settings(),)


def saturating(lr_decay: float) -> tuple[Settings, ...]:
    """Additive, with an own stage that may saturate only partly, and effects that may follow the learning rate.

    All combinations; without decay of the learning rate its exponent says nothing.
    """
    exponents = DECAY if lr_decay < 1 else (0.0,)
    return tuple(Settings(saturation=share, decay=exponent) for share, exponent in product(SATURATION, exponents))


def lucky(lr_decay: float) -> tuple[Settings, ...]:
    """Saturating, where what single runs show is partly luck that the paths after them inherit.

    All combinations of partial saturation, decay, luck and its inheritance.
    """
    return tuple(
        replace(settings, luck=luck, inherit=inherit)
        for settings, luck, inherit in product(saturating(lr_decay), LUCK, INHERIT)
    )


def state(lr_decay: float) -> tuple[Settings, ...]:
    """Effects that depend on the state: what a domain has gained is undone in part by every later stage.

    All combinations of saturation, forgetting and decay.
    """
    exponents = DECAY if lr_decay < 1 else (0.0,)
    return tuple(Settings(*values) for values in product(SATURATION, FORGETTING, exponents))


def mallows(lr_decay: float) -> tuple[Settings, ...]:
    """Linear in the marks, with a residual that similar orders share (Mallows kernel).

    The additive model plus residuals of several sizes and reaches.
    """
    return tuple(Settings(residual=size, rate=rate) for size, rate in product(RESIDUAL, RATE))
