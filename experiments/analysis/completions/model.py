"""What is shown of what models said, with its bounds: a page must stay a page."""

from __future__ import annotations

from typing import Literal

from domains.frozen import Frozen

EACH = 3
"""Items that a group shows."""
LENGTHS = {"prompt": 500, "reference": 250, "text": 500, "parsed": 120}
"""Characters that are shown of each; of longer ones the beginning and the end."""
GroupName = Literal["lost", "won", "best", "worst"]


class ShownAnswer(Frozen):
    """One completion."""

    text: str
    score: float
    parsed: str | None
    """The answer that the reward found; None where it found none."""


class Answered(Frozen):
    """One model on one item."""

    model: str
    """Name of the arm, or ``base``."""
    score: float
    """Mean over its answers."""
    answers: tuple[ShownAnswer, ...]
    """The only one, or of several the best and the worst."""


class ShownItem(Frozen):
    """One item with what all compared models said."""

    item: str
    prompt: str
    reference: str
    answered: tuple[Answered, ...]
    """The base model, joint training where it has finished, the main arm."""


class Group(Frozen):
    """Items of one sort."""

    name: GroupName
    against: str | None
    """The model that the main arm lost or won against; None for the best and the worst."""
    count: int
    """Items of that sort; those shown are the first of them."""
    shown: tuple[ShownItem, ...]


class DomainCompletions(Frozen):
    """What the main arm's last model said on the test split of one domain, beside other models."""

    seed: int
    """Whose models these are."""
    items: int
    """Of the test split."""
    groups: tuple[Group, ...] = ()
    missing: str | None = None
    """Why there is nothing to show; None where there is."""
