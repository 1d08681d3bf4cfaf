"""What the report says of one guarded stage."""

from __future__ import annotations

from domains.frozen import Frozen
from experiments.nodes.guarded import Guarded


class StageGuards(Frozen):
    """What the guards of one stage changed."""

    node: str
    seed: int | None
    path: tuple[str, ...]
    arms: tuple[str, ...]
    guarded: Guarded
