"""What one stage may use."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen

TrackerName = Literal["tensorboard", "wandb", "mlflow", "trackio"]
"""Trackers of experiments that a run may be shown in, by the names of their packages."""
Keep = Literal["all", "ends", "best", "none"]
"""Which weights stay: all; those from which no other stage was trained; of a run its best arm's last; none."""


class Resources(Frozen):
    """What one stage gets. Never part of a result's identity."""

    cpus: int = Field(1, gt=0)
    """CPUs a stage; also its number of torch threads."""
    gpus: float = Field(0, ge=0, le=1)
    """GPUs a stage: 0, 1, or a share of one."""
    retries: int = Field(2, ge=0, le=1000)
    """How often a stage is started again after its worker died."""
    keep: Keep = Field("all", exclude_if=lambda keep: keep == "all")
    """Weights that stay in the store when a run or a search has finished: `all`; `ends`, from which no other stage was
    trained; `best`, the last ones of the best arm by the report; `none`. Base models, adapters and whatever another run
    asked for stay always, and so do records, scores and answers: the report stays as it is."""
    tracking: tuple[TrackerName, ...] = Field((), exclude_if=lambda names: not names)
    """Trackers that get a run of every stage, in a group of its schedule, as soon as the stage is in the store: its
    curve, its scores on validation, its health and costs. `tensorboard` writes into the run's folder in the store,
    `wandb` to this machine (unless WANDB_MODE says otherwise), `mlflow` and `trackio` where they are set up to."""
