"""What a reward is called, and which one a domain's `metric` means."""

from __future__ import annotations

from collections.abc import Sequence

from domains.rewards.table import RewardSpec


def called(spec: RewardSpec) -> str:
    """What a reader knows the reward by."""
    return spec.name or spec.type


def meant(specs: Sequence[RewardSpec], metric: str | None) -> list[RewardSpec]:
    """The rewards that `metric` may mean: those of that name, else those of that type.

    Without a metric it is the first; where that has no name, all of its type are meant. One is as it should be.
    """
    metric = called(specs[0]) if metric is None else metric
    return [spec for spec in specs if spec.name == metric] or [spec for spec in specs if spec.type == metric]


def primary(specs: Sequence[RewardSpec], metric: str | None) -> RewardSpec:
    """The reward that is the domain's metric. The curriculum's checks hold that there is one."""
    return meant(specs, metric)[0]
