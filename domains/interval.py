"""What is known of one number: an estimate, its 95 % interval, what that rests on, and why there is none."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import FiniteFloat, NonNegativeInt, model_validator

from domains.frozen import Frozen


class Interval(Frozen):
    """An estimate with the ends of its 95 % interval, or the reason why it could not be had.

    Estimates, ends and widths are in the unit of whatever is estimated; none is ever a NaN or infinite.
    """

    estimate: FiniteFloat | None
    low: FiniteFloat | None
    """The ends are both there or both None; an estimate may stand without them, they never without it."""
    high: FiniteFloat | None
    n: NonNegativeInt
    """Independent repetitions that it rests on: training seeds in which all that it needs is finished, 0 where there is
    none. Test items are no repetitions and are not counted. With 1 the ends cover the items only, not what chance does
    to a training run."""
    missing: str | None = None
    """Why there is no estimate or are no ends, e.g. ``no seed finished``; None where all is there."""

    @classmethod
    def of(cls, estimate: float, low: float, high: float, n: int) -> Self:
        """As it was computed. What came out as NaN or infinite is missing."""
        if not math.isfinite(estimate):
            return cls.unknown("the estimate is not a finite number", n)
        ends = (float(low), float(high)) if math.isfinite(low) and math.isfinite(high) else (None, None)
        why = "the interval is not finite" if ends[0] is None else None
        return cls(estimate=float(estimate), low=ends[0], high=ends[1], n=n, missing=why)

    @classmethod
    def unknown(cls, missing: str, n: int = 0) -> Self:
        """No estimate, and why; `n` repetitions were there all the same."""
        return cls(estimate=None, low=None, high=None, n=n, missing=missing)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high must both be there or both be missing")
        if self.ends and (self.estimate is None or self.ends[0] > self.ends[1]):
            raise ValueError("low must not lie above high, and neither be there without an estimate")
        if (self.ends is None) != bool(self.missing):
            raise ValueError("`missing` must say why something is missing, and nothing where all is there")
        return self

    @property
    def value(self) -> float:
        """The estimate, for whoever cannot do without. ValueError with the reason where there is none."""
        if self.estimate is None:
            raise ValueError(f"there is no estimate: {self.missing}")
        return self.estimate

    @property
    def ends(self) -> tuple[float, float] | None:
        """Low and high, or None."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def width(self) -> float | None:
        """High − low, or None."""
        return None if self.ends is None else self.ends[1] - self.ends[0]

    @property
    def sign(self) -> Literal[-1, 0, 1]:
        """On which side of zero all of the interval lies; 0 where it touches zero, or is not there."""
        if self.ends is None:
            return 0
        return 1 if self.ends[0] > 0 else -1 if self.ends[1] < 0 else 0
