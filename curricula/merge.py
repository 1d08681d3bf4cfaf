"""Models made from others without any training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen

MergeMethod = Literal["linear", "ties", "dare"]
"""`linear` adds the sources' differences from the base (task arithmetic, Ilharco et al. 2023, arXiv 2212.04089; of one
source it is WiSE-FT's interpolation, Wortsman et al. 2022, arXiv 2109.01903); `ties` trims small differences and lets
signs vote (Yadav et al. 2023, arXiv 2306.01708); `dare` drops differences by chance and scales up the rest (Yu et al.
2024, arXiv 2311.03099)."""


class Merge(Frozen):
    """The base model plus a weighted sum of what its sources learnt."""

    method: MergeMethod
    weights: tuple[float, ...] = Field(min_length=1)
    """One a source: the factor on its difference from the base."""
    density: float = Field(1.0, gt=0, le=1)
    """Share of every difference that `ties` and `dare` keep."""
