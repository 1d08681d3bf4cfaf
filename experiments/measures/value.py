"""What one measure came to: a number with its interval, or the reason why there is none."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domains.frozen import Frozen
from domains.interval import Interval
from scheduler.statistics.power import FEWEST

Status = Literal["ok", "skipped", "underpowered"]
LEAST_ITEMS = 20
"""Below that many items an interval says too little of how items vary."""


class Value(Frozen):
    """One measure of one thing."""

    status: Status
    reason: str = ""
    """Why it was skipped, or says too little; empty where all is well."""
    interval: Interval
    """In the measure's unit. Missing where the measure was skipped."""
    items: int
    """Items that it rests on: those that have what the measure asks for."""
    note: str = Field("", exclude_if=lambda note: not note)
    """What one should know of it, however it came out."""

    @classmethod
    def skipped(cls, reason: str) -> Self:
        """Not had, and why."""
        return cls(status="skipped", reason=reason, interval=Interval.unknown(reason), items=0)

    @classmethod
    def of(cls, interval: Interval, items: int) -> Self:
        """As it was found; underpowered where it rests on too little to claim anything."""
        if interval.estimate is None:
            return cls.skipped(interval.missing or "there is no estimate")
        few = []
        if interval.n < FEWEST:
            few.append(f"{interval.n} of at least {FEWEST} seeds")
        if items < LEAST_ITEMS:
            few.append(f"{items} of at least {LEAST_ITEMS} items")
        status: Status = "underpowered" if few else "ok"
        return cls(status=status, reason=" and ".join(few), interval=interval, items=items)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.status == "skipped") != (self.interval.estimate is None):
            raise ValueError("a skipped measure has no estimate, and every other one has")
        if (self.status == "ok") == bool(self.reason):
            raise ValueError("`reason` must say why a measure is not ok, and nothing where it is")
        return self
