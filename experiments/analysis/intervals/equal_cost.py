"""The schedule against joint training at equal tokens and at equal seconds, beside equal completions.

Joint training was trained at several budgets. At any cost between two of them its score is read off the straight line
through both: seed by seed and item by item, so the difference has an interval like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from experiments.analysis.intervals.estimates import estimate
from experiments.analysis.report_parts import CostReport, EqualCost, SeedInterval
from experiments.analysis.scores import Block, RunScores
from experiments.nodes.record import Cost

Resource = Literal["tokens", "train_seconds"]


SLACK = 0.02
"""So far beyond the outermost budgets the line is still believed: equal completions are seldom equal tokens."""


def equal_cost(scores: RunScores, main: str, costs: CostReport, resource: Resource) -> EqualCost:
    """`main` against joint training at the cost of the schedule's own stages, means over seeds."""
    spent = {name: getattr(cost.stages, resource) for name, cost in costs.arms.items()}
    times = joint_budgets(scores)
    budgets = sorted((name for name in times if spent.get(name)), key=lambda name: spent[name])
    ours, plain = spent.get(main), next((spent.get(name) for name in times if times[name] == 1), None)
    ratio = ours / plain if ours and plain else None
    for low, high in pairwise(budgets):
        if ours and spent[low] <= ours * (1 + SLACK) and ours <= spent[high] * (1 + SLACK) and spent[low] < spent[high]:
            share = (ours - spent[low]) / (spent[high] - spent[low])
            difference = _difference(scores, main, low, high, share)
            spread = _spread(scores, (main, low, high)) if resource == "train_seconds" else None
            return EqualCost(ratio=ratio, between=(low, high), difference=difference, spread=spread)
    if not ours or len(budgets) < 2:
        why = "joint training was not trained at two budgets"
    else:
        ends = [spent[budgets[0]] / ours, spent[budgets[-1]] / ours]
        why = f"joint training was trained at {ends[0]:.2f} to {ends[1]:.2f} of the schedule's cost only"
    spread = _spread(scores, (main, *budgets)) if resource == "train_seconds" else None
    return EqualCost(ratio=ratio, difference=SeedInterval.unknown(why), spread=spread)


def joint_budgets(scores: RunScores) -> dict[str, float]:
    """Plain joint training at every budget: arm → multiple of the schedule's."""
    return {arm.name: arm.times for arm in scores.inputs.schedules if arm.times is not None}


def _spread(scores: RunScores, arms: Iterable[str]) -> float | None:
    found = [[_pace(costs) for costs in scores.inputs.paid(arm).values()] for arm in arms]
    paces = [[pace for pace in row if pace] for row in found]
    return max((max(row) / min(row) for row in paces if len(row) > 1), default=None)


def _pace(costs: Sequence[Cost]) -> float | None:
    """Seconds a token."""
    tokens = sum(cost.tokens for cost in costs)
    return sum(cost.train_seconds for cost in costs) / tokens if tokens else None


def _difference(scores: RunScores, main: str, low: str, high: str, share: float) -> SeedInterval:
    ours, before, after = (scores.by_seed(arm) for arm in (main, low, high))
    there = [seed for seed in ours if seed in before and seed in after]
    blocks: Mapping[int, Block] = {
        seed: {
            name: ours[seed][name] - (1 - share) * before[seed][name] - share * after[seed][name]
            for name in scores.domains
        }
        for seed in there
    }
    return estimate(blocks, scores, scores.weights)
