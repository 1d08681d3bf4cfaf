"""What is said of domains that were probed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domains.listed import listed
from scheduler.grouping import Groups, units_of
from scheduler.plan import OwnGain, Plan

GROUP_ROWS = "Rows of one group (in brackets) are one measurement, of its probe."


def probes_for(domains: Sequence[str], groups: Groups) -> str:
    """``4 probes for 12 domains (words: sorting, stories; numbers: gcd, triples)``; empty where each has its own."""
    if not groups:
        return ""
    named = "; ".join(f"{name}: {', '.join(members)}" for name, members in groups.items())
    return f"{len(units_of(domains, groups))} probes for {len(domains)} domains ({named})"


def group_lines(plan: Plan) -> tuple[str, ...]:
    """What grouped probes measured and what they did not; nothing where each domain was probed by itself."""
    if not plan.groups:
        return ()
    return (
        f"{probes_for([gain.domain for gain in plan.own_gains], plan.groups)}. What a group's probe did to others is "
        "taken for every member, which measures none of them: claims are of the group, and how sure the order is rests "
        "on that.",
        "Members of a group stand as written where nothing else tells. Each had a part of a stage, so predicted totals "
        "are too low.",
    )


def labelled(domain: str, group: str | None) -> str:
    """``sorting (words)`` for a domain that was probed with its group."""
    return domain if group is None else f"{domain} ({group})"


def labels(domains: Sequence[str], groups: Groups) -> tuple[str, ...]:
    """All of them."""
    member: Mapping[str, str] = {name: group for group, members in groups.items() for name in members}
    return tuple(labelled(name, member.get(name)) for name in domains)


def unraised(gains: Sequence[OwnGain]) -> str:
    """``own stages do not raise gcd, and the probe of words does not raise sorting``; empty where all are raised."""
    still = [gain for gain in gains if gain.gain.value <= 0]
    alone = [gain.domain for gain in still if gain.group is None]
    parts = [f"own stages do not raise {listed(alone)}"] if alone else []
    for group in dict.fromkeys(gain.group for gain in still if gain.group is not None):
        parts.append(
            f"the probe of {group} does not raise {listed([one.domain for one in still if one.group == group])}"
        )
    return ", and ".join(parts)
