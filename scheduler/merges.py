"""Rivals that train nothing: what the probes learnt made into one model, and models half way back to the base."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.merge import Merge, MergeMethod
from curricula.stage import Schedule

HALF = 0.5
DENSITY = 0.5
"""Share of every difference that `ties` and `dare` keep."""


def merge_name(method: MergeMethod) -> str:
    """Name of the merged probes."""
    return f"merge-{method}"


def half_name(name: str) -> str:
    """Name of an arm half way back to the base."""
    return f"{name}-half"


def merged(probes: Sequence[Schedule], method: MergeMethod) -> Schedule:
    """One model of all probes: the mean of their differences from the base; `ties` averages by its votes itself."""
    each = 1.0 if method == "ties" else 1 / len(probes)
    merge = Merge(method=method, weights=(each,) * len(probes), density=1.0 if method == "linear" else DENSITY)
    origin = f"The domains' own probes merged into one model ({method}), without further training."
    return _arm(merge_name(method), merge, tuple(probes), origin)


def half_way(schedule: Schedule) -> Schedule:
    """A schedule's last model and the base, a half each."""
    origin = f"{schedule.name} half way back to the base model, without further training."
    return _arm(half_name(schedule.name), Merge(method="linear", weights=(HALF,)), (schedule,), origin)


def _arm(name: str, merge: Merge, of: tuple[Schedule, ...], origin: str) -> Schedule:
    return Schedule(name=name, role="merge", stages=(), composition="merge", origin=origin, merge=merge, of=of)
