"""One stage's health, as the report has it."""

from __future__ import annotations

from domains.frozen import Frozen
from experiments.nodes.health import Health


class StageHealth(Frozen):
    """Whether a stage could teach anything, and how its rollouts looked."""

    node: str
    seed: int | None
    path: tuple[str, ...]
    arms: tuple[str, ...]
    nothing: str | None
    """Why it taught nothing: no group of rollouts had variance, or its weights did not move; also what else moved them.
    None: it taught."""
    health: Health | None
    """Of its rollouts; None where there were none."""
