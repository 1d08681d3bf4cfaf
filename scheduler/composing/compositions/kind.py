"""What there is to know of a composition: the one entry that its file ends with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from curricula.schema import Curriculum, SearchComposition
from scheduler.composing.choice import Choice
from scheduler.composing.draft import Draft, StageBudgets

Freedom = Literal[
    "lengths", "leave_out", "opening", "refresh", "repair", "drop", "replay", "repeats", "methods", "sft_first"
]
"""Choices that mean something to some compositions only. The order is one more (`CompositionKind.order`); the learning
rate's scale, decay and path mean the same to all."""


def _never(curriculum: Curriculum) -> None:
    """Refuses nothing."""


@dataclass(frozen=True)
class CompositionKind:
    """One composition, for runs and searches alike: a run's schedule is the choice of the curriculum's own values."""

    name: SearchComposition
    drafts: Callable[[Choice, StageBudgets], tuple[Draft, ...]]
    """The stages of a choice. Their steps are those of the own stages of all domains in the choice's order, or spend
    as many completions. ValueError where these are fewer than the stages."""
    order: Callable[[Choice, Curriculum], tuple[str, ...]] | None
    """The trained domains in the order in which they are introduced; None where no order means anything."""
    heeds: frozenset[Freedom]
    """What a search may vary of it."""
    alone: bool = False
    """Whether every stage introduces one domain and trains as that domain's own stage does; else several together, by
    the curriculum's training."""
    mixes: bool = True
    """Whether a stage trains several domains even where nothing is replayed."""
    how: str = ""
    """How one trains by it, as an instruction; of those that have an order."""
    by_round: bool = False
    """Whether the mixture of a stage is known only when the stages before it are trained."""
    refuses: Callable[[Curriculum], str | None] = _never
    """Why a curriculum's domains cannot be composed so; None where they can."""
