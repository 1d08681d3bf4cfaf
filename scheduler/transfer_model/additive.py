"""Constant transfer and full saturation, as in scheduler/predict.py, from all paths instead of the first level."""

from __future__ import annotations

from scheduler.transfer_model.settings import Settings


def additive(lr_decay: float) -> tuple[Settings, ...]:
    """One setting, whatever the learning rates do."""
    return (Settings(),)
