"""Keys that were, and why they are no more: a curriculum that still has one is told so in place of a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curricula.problem import KeyPath


@dataclass(frozen=True)
class Gone:
    """A key that was removed."""

    rule: str
    """What it was, and why it is no more."""
    hint: str
    """What to write in its place."""


GONE: Mapping[KeyPath, Gone] = {
    ("schedule", "probing", "budget"): Gone(
        "was adaptive probing, which is no more: where all orders were trained it chose worse ones than `bwt` by "
        "single probes (regret 2.6 % against 1.4 %)",
        "Leave it out; `joint` and `groups` stay.",
    ),
    ("schedule", "probing", "stable"): Gone("ended adaptive probing, which is no more", "Leave it out."),
}
