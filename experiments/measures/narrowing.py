"""Lost variety, split: fewer malformed answers are no loss, likeness among well-formed ones is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array

COLLAPSE = 0.5
"""Share of the base model's entropy whose certain loss is an alarm."""


@dataclass(frozen=True)
class VarietyChange:
    """A change of variety by item, shape (seeds, items that have a well-formed pair in both models in every seed)."""

    whole: Array
    """Change of the mean distance of two answers to the item."""
    narrowing: Array
    """Change of the same among pairs of well-formed answers: below 0, the model truly says less."""

    @property
    def quality_control(self) -> Array:
        """The rest: below 0, variety that malformed answers had made up."""
        return self.whole - self.narrowing


def split(before: Array, after: Array, formed_before: Array, formed_after: Array) -> VarietyChange:
    """All (seeds, items); distances among well-formed answers are NaN where there is no pair.

    After Karouzos, Tan and Aletras 2026 (arXiv 2604.16027), who split by correct answers where this splits by answers
    that the reward could read, and so has a place for domains without right and wrong.
    """
    kept = np.flatnonzero(np.isfinite(formed_before).all(axis=0) & np.isfinite(formed_after).all(axis=0))
    return VarietyChange(
        whole=(after - before)[:, kept],
        narrowing=(formed_after - formed_before)[:, kept],
    )
