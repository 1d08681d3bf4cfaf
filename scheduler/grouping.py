"""Groups of domains that have one probe together.

Such a probe is one stage on all members evenly. Every member inherits what it did to the domains outside of the group;
a member's own gain is what it did to the member's own score; members are taken to leave each other alone, and stand as
they are written where nothing else tells. A domain that is in no group is probed by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Groups = Mapping[str, tuple[str, ...]]
"""Name → members as they are written, two or more."""
NO_GROUPS: Groups = {}
Flags = npt.NDArray[np.bool_]


def units_of(domains: Sequence[str], groups: Groups) -> dict[str, tuple[str, ...]]:
    """What is probed, a group or a domain → those of `domains` that it stands for; in the order of their first one."""
    found: dict[str, tuple[str, ...]] = {}
    for name, unit in unit_by_domain(domains, groups).items():
        found[unit] = (*found.get(unit, ()), name)
    return found


def unit_by_domain(domains: Sequence[str], groups: Groups) -> dict[str, str]:
    """Domain → its group, or itself."""
    member = {name: group for group, members in groups.items() for name in members}
    return {name: member.get(name, name) for name in domains}


def told(domains: Sequence[str], groups: Groups) -> Flags:
    """(trained, affected): which effects some probe measured; not those of a group's members on each other."""
    unit = unit_by_domain(domains, groups)
    return np.array([[i == j or unit[i] != unit[j] for j in domains] for i in domains])


def written_before(domains: Sequence[str], groups: Sequence[tuple[str, ...]]) -> Flags:
    """[i][j]: whether i and j are in one group, and i is written before j."""
    place = {name: (group, at) for group, members in enumerate(groups) for at, name in enumerate(members)}

    def first(i: str, j: str) -> bool:
        return i in place and j in place and place[i][0] == place[j][0] and place[i][1] < place[j][1]

    return np.array([[first(i, j) for j in domains] for i in domains])
