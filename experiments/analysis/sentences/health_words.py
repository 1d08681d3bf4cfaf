"""What is said of stages that taught nothing, and of the rollouts of those that did."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.analysis.words import share
from experiments.nodes.health import NO_ROLLOUT_GROUPS, RolloutGroups
from experiments.nodes.record import Record

REMEDY = "try SFT first, easier items or more rollouts"
STILL = "its weights did not move"
MOVED = "; yet something else moved its weights, and it scores what it was measured to score"
"""A penalty or a carried optimizer."""


def nothing_words(records: Iterable[Record]) -> str:
    """Why a stage that taught nothing did not, from what it left with each seed: a clause."""
    pieces = list(records)
    found = [record.health for record in pieces if record.health]
    groups = sum((health.whole for health in found), NO_ROLLOUT_GROUPS)
    if not found or groups.flat < groups.count:
        return STILL
    return flat_words(groups) + MOVED * any(record.moved for record in pieces)


def flat_words(groups: RolloutGroups) -> str:
    """``no group had variance (all wrong 97 %, all right 3 %)``."""
    return f"no group had variance ({kinds(groups)})"


def kinds(groups: RolloutGroups) -> str:
    """``all wrong 97 %, all right 3 %``: shares of all groups."""
    parts = [
        f"all wrong {share(groups.wrong / groups.count)}",
        f"all right {share(groups.right / groups.count)}",
    ]
    if groups.alike:
        parts.append(f"all alike {share(groups.alike / groups.count)}")
    return ", ".join(parts)
