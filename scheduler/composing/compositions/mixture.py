"""Stages in which several domains are mixed as joint training mixes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from curricula.stage import Method
from scheduler.composing.draft import Draft, StageBudgets


class Piece(NamedTuple):
    """One stage of joint training: steps, factor on the learning rate, and the method if it is another."""

    steps: int
    rate: float = 1.0
    method: Method | None = None


def mixed(base: StageBudgets, lengths: Mapping[str, float], pieces: Sequence[Piece]) -> tuple[Draft, ...]:
    """Joint training over the domains in `lengths`: shares are as the budgets of their own stages, times these."""
    longest = max(lengths.values())
    mixture = tuple(sorted((name, base.budget[name] * (length / longest)) for name, length in lengths.items()))
    return tuple(Draft(None, mixture, *piece) for piece in pieces)
