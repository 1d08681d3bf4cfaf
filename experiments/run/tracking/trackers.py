"""Which trackers there are, and what each needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from curricula.schema.resources import TrackerName
from experiments.run.tracking.entry import Entry
from experiments.run.tracking.mlflow import MLflow
from experiments.run.tracking.tensorboard import TensorBoard
from experiments.run.tracking.trackio import Trackio
from experiments.run.tracking.wandb import WeightsAndBiases
from experiments.store import Store


class Tracker(Protocol):
    """Shows stages to a person elsewhere. Its package is imported when the first stage is told."""

    def tell(self, entry: Entry) -> None:
        """Make a run of one stage. Raises whatever the tracker raises."""
        ...


TRACKERS: Mapping[TrackerName, Callable[[Store], Tracker]] = {
    "tensorboard": TensorBoard,
    "wandb": lambda _: WeightsAndBiases(),
    "mlflow": lambda _: MLflow(),
    "trackio": lambda _: Trackio(),
}
"""Name → what makes it for a store."""
