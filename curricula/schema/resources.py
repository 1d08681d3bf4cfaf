"""What one stage may use."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domains.at_key import at_key
from domains.frozen import Frozen

TrackerName = Literal["tensorboard", "wandb", "mlflow", "trackio"]
"""Trackers of experiments that a run may be shown in, by the names of their packages."""
Sharding = Literal["none", "full"]
"""What the processes of a stage share out of its model: nothing, each has all of it; or all of it (FSDP)."""
Keep = Literal["all", "ends", "best", "none"]
"""Which weights stay: all; those from which no other stage was trained; of a run its best arm's last; none."""


class Resources(Frozen):
    """What one stage gets. It is no part of a result's identity."""

    cpus: int = Field(1, gt=0)
    """CPUs of each process of a stage; also its number of torch threads."""
    gpus: float = Field(0, ge=0, le=1024)
    """GPUs per stage: 0, a fraction of one, or a whole number, each of which has a process of its own."""
    processes: int | None = Field(None, gt=0, le=1024, exclude_if=lambda count: count is None)
    """Processes of one machine that share every step of a stage's training (data-parallel, DDP). null: one a GPU,
    without GPUs one. Each takes an equal part of a step's prompts, so the step stays what it is."""
    sharding: Sharding = Field("none", exclude_if=lambda sharding: sharding == "none")
    """Of several processes: `none` gives each the whole model, its gradients and its optimizer (DDP), `full` an equal
    part of them (FSDP), for a model that does not fit one GPU with them; its weights alone must."""
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

    @model_validator(mode="after")
    def _processes_fit(self) -> Self:
        if self.gpus > 1 and self.gpus != round(self.gpus):
            raise at_key("gpus", "must be a whole number where it is above 1")
        if self.gpus and self.processes not in (None, max(1, self.gpus)):
            raise at_key("processes", f"must be as many as there are GPUs (gpus: {self.gpus:g}), one for each")
        if self.sharding == "full" and self.ranks == 1:
            raise at_key("sharding", "needs several processes (`gpus` or `processes` above 1)")
        return self

    @property
    def ranks(self) -> int:
        """Processes that share a stage's training."""
        return self.processes or max(1, round(self.gpus))

    def sharers(self, prompts: int) -> int:
        """Of these, the most that take equal parts of a step of so many prompts.

        What is written in a curriculum is a multiple of all; searches and joint training make steps of other sizes.
        """
        return max(count for count in range(1, self.ranks + 1) if prompts % count == 0)

    @property
    def all_cpus(self) -> int:
        """CPUs of all of a stage's processes."""
        return self.cpus * self.ranks
