"""How much of what a stage reinforces hangs on lone successes: shares of its advantages, as GRPO reckons them.

With k successes in a group of G each gets √((G − k) / k) standard deviations: alone among eight 2.65, where half are
right 1. So one lucky trace of a prompt that is hardly ever solved weighs more than any of an even one.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Literal

from experiments.nodes.health import NO_LEVERAGE, Leverage

Scale = Literal["group", "batch", "none"]
"""What advantages are divided by (TRL's `scale_rewards`): a standard deviation of the group's or of the step's rewards,
or nothing."""
LONE = 1 / 8
"""Share of a group's completions; where no more succeed, the success is a lone one."""
LEAST_ROLLOUTS = 8
"""Completions of a group below which a single success is already more than that."""
EPSILON = 1e-4
"""What TRL adds to the standard deviation that it divides by."""


def advantages(rewards: Sequence[float], scale: Scale, step: Sequence[float] = ()) -> list[float]:
    """Of one group's completions, as TRL reckons them: less the group's mean, over a sample's standard deviation (with
    G − 1); `step`: the rewards of all groups of the step, which `batch` divides by."""
    mean = fmean(rewards)
    by = 1.0 if scale == "none" else stdev(step if scale == "batch" else rewards) + EPSILON
    return [(reward - mean) / by for reward in rewards]


def leverage(rewards: Sequence[float], scale: Scale, step: Sequence[float] = ()) -> Leverage | None:
    """Of one group; None where it is too small for lone successes to be told from others.

    A success is a reward above the middle between the group's lowest and its highest. Of rewards that are 0 or 1 that
    is the full reward. Advantages know only where in its group a reward stands, and one far above all others gets the
    same whether it is 1 or .4: so graded rewards are judged by that, and no height has to be agreed on.
    """
    if len(rewards) < LEAST_ROLLOUTS:
        return None
    low, high = min(rewards), max(rewards)
    if low == high:
        return NO_LEVERAGE
    weight = sum(map(abs, advantages(rewards, scale, step)))
    successes = sum(2 * reward > low + high for reward in rewards)
    lone = successes <= LONE * len(rewards)
    return Leverage(lone_groups=int(lone), lone=weight if lone else 0.0, advantage=weight)
