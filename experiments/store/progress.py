"""How far a running node is."""

from __future__ import annotations

from domains.frozen import Frozen


class Progress(Frozen):
    """What a worker says about the node it runs; overwritten all the time, never read for results."""

    step: int
    """Optimizer steps done."""
    steps: int
    """Optimizer steps in all."""
    reward: float | None = None
    """Latest mean reward (GRPO) or loss (SFT)."""
    seconds: float = 0.0
    """Since the node started."""
