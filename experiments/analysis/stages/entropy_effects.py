"""What training on each domain did to the entropy of every other one: the seed's mechanism, measured."""

from __future__ import annotations

from collections.abc import Mapping

from domains.profile import EntropyProfile
from scheduler.plan import Effects


def entropy_effects(profiles: Mapping[str, EntropyProfile]) -> Effects | None:
    """As the transfer matrix is of scores: nats per token, (trained, affected). None while a probe is missing."""
    names = tuple(profiles)
    if not names or any(set(profile.effects) != set(names) for profile in profiles.values()):
        return None
    return Effects(
        domains=names,
        base=tuple(profile.entropy.estimate or 0.0 for profile in profiles.values()),
        effects=tuple(tuple(profiles[affected].effects[trained] for affected in names) for trained in names),
    )
