"""Procedural tasks of the library reasoning-gym, with their own scorers."""

from __future__ import annotations

from typing import Any, Literal

from domains.frozen import Frozen


class ReasoningGymSource(Frozen):
    """A reasoning-gym task. Template fields: ``question``, ``answer`` and everything in its metadata."""

    type: Literal["reasoning_gym"]
    task: str
    """The dataset's name, e.g. ``chain_sum``."""
    config: dict[str, Any] = {}
    """Arguments of the task's own config (not `seed` or `size`)."""
