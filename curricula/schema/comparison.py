"""What the verdict is about."""

from __future__ import annotations

from pydantic import Field

from domains.frozen import Frozen


class Pair(Frozen):
    """One arm against another, by the names that `stagewise validate` lists."""

    arm: str
    baseline: str


class ComparisonSpec(Frozen):
    """What the verdict is about. All pairs of a report are compared; one of them is named beforehand."""

    primary: Pair | None = None
    """The pair that the run is for, tested at 5 %; all others are corrected for their number.

    Default: the curriculum's own schedule against plain joint training. A search compares its winner with that instead.
    """
    rope: float = Field(0.01, gt=0, lt=1)
    """Differences of the total score within ± this are too little to matter (region of practical equivalence)."""
