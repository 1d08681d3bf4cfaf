"""What is said of a measure beside its number: its unit, where it comes from, which way is better, what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.nodes.examined import Access

Name = str
"""Key of a measure in report.json and measure.json."""
Direction = Literal["up", "down", "zero", "profile"]
"""Which way is better; `zero`: the nearer to 0 the better; `profile`: neither, it depends on the domain."""
Tier = Literal["A", "B", "C"]


@dataclass(frozen=True)
class MeasureSpec:
    """One measure."""

    title: str
    """What it is called on pages and in terminals."""
    unit: str
    source: str
    """Its formula, or whose it is."""
    direction: Direction
    access: Access
    tier: Tier
    pairs: bool = False
    """Whether it takes two models: there is none of one alone."""
    less: bool = False
    """Whether it is one thing less another, and so may be below 0."""

    @property
    def signed(self) -> bool:
        """Whether its values are told with their sign."""
        return self.less or self.direction == "zero"
