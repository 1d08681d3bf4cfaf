"""Grouped probes on made-up domains: is one probe for several domains worth what it saves?

    python -m benchmarks.grouped_probes [domains] [--families 6] [--worlds 40]

Domains come in families: what one does to another is what their families do to each other, plus a share of its own,
from none (members are alike) to all (families say nothing). A probe of a group is one stage, as long as one domain's
own, on all of its members evenly; every member inherits its effects on what is outside of the group, per completion.
Within a group members are taken to leave each other alone, and own gains are those of the members' own scores.
Whoever plans sees scores with the luck of three seeds, and is judged by the noiseless score of one stage a domain in
the order that the planner finds best by them, over joint training at the same budget. Intervals are 95 %, over worlds.

    each      one probe a domain
    families  one a family, which somebody knows
    chance    as many groups, drawn
    refined   one a family, then half of the members, those of the families with the largest effects, by themselves
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.linear_ordering.best_orders import solve
from scheduler.measurements import Array
from scheduler.prediction.dynamics import Truth, scores_after
from scheduler.statistics.intervals import quantile

Ints = npt.NDArray[np.int64]
LUCK, SEEDS = 0.01, 3
HARM, HELP, MOST, REPAIR = 0.15, 0.1, 0.1, 1.5
"""As in benchmarks/many_domains.py."""
OWN_SHARES = (0.0, 0.3, 1.0)
"""How much of an effect is a domain's own, and not its family's."""


@dataclass(frozen=True, eq=False)
class World:
    """Domains in families, and what training does to them."""

    truth: Truth
    family: Ints
    """Of each domain, a number."""

    @property
    def size(self) -> int:
        """Domains."""
        return len(self.family)

    def after(self, stages: Array) -> Array:
        """Noiseless scores (domains,) after stages of these amounts (stages, domains)."""
        return np.asarray(np.clip(scores_after(stages, self.truth)[0], 0.0, 1.0))

    def sequence(self, order: Sequence[int]) -> float:
        """Mean score after one stage a domain."""
        return float(self.after(np.eye(self.size)[list(order)]).mean())

    def joint(self) -> float:
        """Mean score after joint training with the same budget."""
        return float(self.after(np.ones((1, self.size))).mean())


def world(size: int, families: int, own: float, rng: np.random.Generator) -> World:
    """Drawn anew; `own`: the share of an effect that is the domain's and not the family's."""
    family = np.arange(size) % families
    effects = (1 - own) * _drawn((families, families), rng)[np.ix_(family, family)] + own * _drawn((size, size), rng)
    # Members of one family are the same kind of task: they help each other a little.
    effects[np.equal.outer(family, family)] = np.abs(effects[np.equal.outer(family, family)])
    np.fill_diagonal(effects, rng.uniform(0.05, 0.3, size))
    base = rng.uniform(0.2, 0.5, size)
    return World(Truth(base, effects[None], np.array([REPAIR]), np.array([1.0])), family)


def probed(made: World, groups: Sequence[Ints], rng: np.random.Generator) -> Array:
    """B as a planner sees it by one probe a group, (trained, affected)."""
    found = np.zeros((made.size, made.size))
    for members in groups:
        amounts = np.zeros((1, made.size))
        amounts[0, members] = 1 / len(members)
        change = made.after(amounts) - made.truth.base + rng.normal(0, LUCK / SEEDS**0.5, made.size)
        # A member got a part of the probe, and has a whole stage in the plan.
        found[members] = change
        found[np.ix_(members, members)] = 0.0
        found[members, members] = len(members) * change[members]
    return found


def planned(made: World, effects: Array) -> float:
    """What the planner's order is truly worth."""
    names = [f"d{at:02}" for at in range(made.size)]
    order = solve(names, np.full(made.size, 1 / made.size), effects[None]).orders[0, 0]
    return made.sequence(order.tolist())


def gains(made: World, rng: np.random.Generator) -> dict[str, float]:
    """Over joint training, by how the domains were probed; `written`: in no order."""
    alone = [np.array([at]) for at in range(made.size)]
    families = [np.flatnonzero(made.family == one) for one in np.unique(made.family)]
    chance = np.array_split(rng.permutation(made.size), len(families))
    by_family = probed(made, families, rng)
    sizes = [np.abs(by_family[members[0]]).sum() for members in families]
    loud = [families[at] for at in np.argsort(sizes)[::-1]]
    half = np.concatenate(loud)[: made.size // 2]
    refined = by_family.copy()
    single = probed(made, [np.array([at]) for at in half], rng)
    refined[half] = single[half]
    joint = made.joint()
    return {
        "each": planned(made, probed(made, alone, rng)) - joint,
        "families": planned(made, by_family) - joint,
        "chance": planned(made, probed(made, chance, rng)) - joint,
        "refined": planned(made, refined) - joint,
        "written": made.sequence(rng.permutation(made.size).tolist()) - joint,
    }


def measured(size: int, families: int, own: float, worlds: int) -> dict[str, object]:
    """Means with intervals, and what each way costs in probes a seed."""
    rows = []
    for seed in range(worlds):
        rng = np.random.default_rng([size, families, round(100 * own), seed])
        rows.append(gains(world(size, families, own, rng), rng))
    cost = {"each": size, "families": families, "chance": families, "refined": families + size // 2, "written": 0}
    return {
        "domains": size,
        "families": families,
        "own_share": own,
        "worlds": worlds,
        "over_joint": {name: interval_over([row[name] for row in rows]) for name in rows[0]},
        "minus_each": {
            name: interval_over([row[name] - row["each"] for row in rows]) for name in rows[0] if name != "each"
        },
        "probes": cost,
    }


def _drawn(shape: tuple[int, int], rng: np.random.Generator) -> Array:
    kind = rng.random(shape)
    sign = np.where(kind < HARM, -1.0, np.where(kind < HARM + HELP, 1.0, 0.0))
    return np.asarray(sign * rng.uniform(0, MOST, shape))


def interval_over(values: Sequence[float]) -> list[float]:
    """Mean with its 95 % interval over worlds; of one world without width."""
    mean, count = float(np.mean(values)), len(values)
    half = quantile(count - 1, 0.025) * float(np.std(values, ddof=1)) / count**0.5 if count > 1 else 0.0
    return [round(number, 4) for number in (mean, mean - half, mean + half)]


def main() -> None:
    """One JSON: for each share of own effects what `measured` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("domains", nargs="?", type=int, default=30)
    parser.add_argument("--families", type=int, default=6)
    parser.add_argument("--worlds", type=int, default=40)
    given = parser.parse_args()
    found = [measured(given.domains, given.families, own, given.worlds) for own in OWN_SHARES]
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
