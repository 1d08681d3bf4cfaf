"""Models of the scores after any path of stages. A variant is a grid of `Settings`.

To add one: write its function in variants.py and name it in `VariantName` and `VARIANTS`.
`benchmarks/orders/models.py` judges them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from benchmarks.orders.transfer_model.model import PathModel, ScorePosterior, fit_grid
from benchmarks.orders.transfer_model.noise import node_noise
from benchmarks.orders.transfer_model.settings import Settings
from benchmarks.orders.transfer_model.variants import additive, lucky, mallows, saturating, state
from scheduler.measurements import Array, Path

VariantName = Literal["additive", "saturating", "lucky", "state", "mallows"]
VARIANTS: dict[VariantName, Callable[[float], tuple[Settings, ...]]] = {
    "additive": additive,
    "saturating": saturating,
    "lucky": lucky,
    "state": state,
    "mallows": mallows,
}
DEFAULT: VariantName = "lucky"

__all__ = ["DEFAULT", "VARIANTS", "PathModel", "ScorePosterior", "Settings", "VariantName", "fit", "node_noise"]


def fit(
    domains: Sequence[str],
    measured: Mapping[Path, Array],
    noise: Mapping[Path, Array] | Array,
    *,
    lr_decay: float = 1.0,
    variant: VariantName = DEFAULT,
) -> PathModel:
    """A model of scores after any path of sequential stages.

    `measured[path]` holds mean scores, (seeds, domains); `noise` the variance of their mean over seeds, (domains,),
    for every path alike or by path (see `node_noise`). ValueError without any measured path.
    """
    return fit_grid(domains, measured, noise, VARIANTS[variant](lr_decay), lr_decay)
