"""Which Ray cluster a command uses: the one that --address names, else RAY_ADDRESS, else one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "RAY_ADDRESS"
"""Ray's own variable; `ray job submit` sets it for what it starts."""
OWN = "local"
"""Ray's word for a cluster that is started for the purpose."""


@dataclass(frozen=True)
class Cluster:
    """A choice of cluster."""

    address: str | None
    """None: one of the command's own, on this machine."""
    note: str | None = None
    """What is to be said, because nobody typed it."""


def choose(given: str | None, environment: Mapping[str, str]) -> Cluster:
    """The cluster for an --address (None: not given). As in Ray, ``auto`` too means what RAY_ADDRESS names."""
    named = environment.get(VARIABLE, "").strip()
    if given not in (None, "auto") or not named:
        return Cluster(None if given == OWN else given)
    if named == OWN:
        return Cluster(None)
    return Cluster(
        named, f"Using the Ray cluster {named}, as {VARIABLE} says; --address {OWN} starts one here instead."
    )
