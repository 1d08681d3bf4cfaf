"""What one stage may use."""

from __future__ import annotations

from pydantic import Field

from domains.frozen import Frozen


class Resources(Frozen):
    """What one stage gets. Never part of a result's identity."""

    cpus: int = Field(1, gt=0)
    """CPUs a stage; also its number of torch threads."""
    gpus: float = Field(0, ge=0, le=1)
    """GPUs a stage: 0, 1, or a share of one."""
    retries: int = Field(2, ge=0, le=1000)
    """How often a stage is started again after its worker died."""
