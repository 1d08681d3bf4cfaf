"""What this machine has for stages."""

from __future__ import annotations

import os

from curricula.schema import Resources
from domains.errors import ClusterError


def own_cpus() -> int:
    """CPUs that this process may use."""
    # Not on macOS, where a process is not bound to CPUs.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def own_threads() -> int:
    """Threads for work that has this process to itself: what OMP_NUM_THREADS says, or one for each CPU."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return (int(said) if said.isdecimal() else 0) or own_cpus()


def check_cpus(resources: Resources) -> None:
    """Raise ClusterError if one stage asks for more CPUs than this machine has."""
    if resources.all_cpus > own_cpus():
        alone = resources.ranks == 1
        raise ClusterError(
            "a stage asks for more CPUs than this machine has" + ("" if alone else ", all of its processes together"),
            key="resources.cpus",
            value=resources.cpus if alone else resources.all_cpus,
            hint=f"It has {own_cpus()}.",
        )
