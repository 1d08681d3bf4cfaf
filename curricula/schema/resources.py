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
    """What one stage gets. It is no part of a result's identity."""

    cpus: int = Field(1, gt=0)
    """CPUs per stage; also its number of torch threads."""
    gpus: float = Field(0, ge=0, le=1)
    """GPUs per stage: 0, 1, or a fraction of one."""
    retries: int = Field(2, ge=0, le=1000)
    """How often a stage is started again after its worker died."""
    keep: Keep = Field("all", exclude_if=lambda keep: keep == "all")
    """Which stages' weights stay in the store when a run or a search has finished. `all`; `ends`: those from which no
    other stage was trained; `best`: the last ones of the report's best arm; `none`. Base models, adapters and what
    another run asked for always stay, and so do records, scores and answers, so the report does not change."""
    tracking: tuple[TrackerName, ...] = Field((), exclude_if=lambda names: not names)
    """Trackers that get a run of every stage, in a group of its schedule, as soon as the stage is in the store: its
    curve, its scores on validation, its health and costs. `tensorboard` writes into the run's folder in the store,
    `wandb` to this machine (unless WANDB_MODE says otherwise), `mlflow` and `trackio` where they are set up to."""
