"""Grouped probes on made-up domains: is one probe for several domains worth what it saves? No training.

    python -m benchmarks.grouped_probes [domains] [--families 4] [--worlds 12]

Domains come in families: what one does to another is what their families do to each other, plus a share of its own,
from none (members are alike) to all (families say nothing). The curriculum, its probes and the plan are the real ones
(`schedule.probing.groups`); what a probe or an order scores is read off the world. Whoever plans sees scores with the
luck of three seeds. Regret is the noiseless total of one stage a domain in the planned order, less that of the best
order known, which is the best of all planned here after single domains were moved as long as that helped. Intervals are
95 %, over worlds.

    each      one probe a domain
    families  one a family, which somebody knows
    chance    as many groups, drawn
    written   no probe, the order as written
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curricula.schema import Curriculum
from scheduler.measurements import Array, Measurements, Path
from scheduler.planning.planner import make_plan
from scheduler.prediction.dynamics import Truth, amounts, scores_after
from scheduler.probing.probes import groups_of, own_probes, unit_probes
from scheduler.statistics.intervals import quantile

Ints = npt.NDArray[np.int64]
Groups = Mapping[str, Sequence[int]]
"""Name → numbers of domains."""
LUCK, SEEDS, ITEMS = 0.01, 3, 2
HARM, HELP, MOST, REPAIR = 0.15, 0.1, 0.1, 1.5
"""As in benchmarks/many_domains.py."""
OWN_SHARES = (0.0, 0.3, 1.0)
"""How much of an effect is a domain's own, and not its family's."""
RESAMPLES = 50


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


def world(size: int, families: int, own: float, rng: np.random.Generator) -> World:
    """Drawn anew; `own`: the share of an effect that is the domain's and not the family's."""
    family = np.arange(size) % families
    effects = (1 - own) * _drawn((families, families), rng)[np.ix_(family, family)] + own * _drawn((size, size), rng)
    # Members of one family are the same kind of task: they help each other a little.
    effects[np.equal.outer(family, family)] = np.abs(effects[np.equal.outer(family, family)])
    np.fill_diagonal(effects, rng.uniform(0.05, 0.3, size))
    base = rng.uniform(0.2, 0.5, size)
    return World(Truth(base, effects[None], np.array([REPAIR]), np.array([1.0])), family)


def curriculum_of(made: World, groups: Groups) -> Curriculum:
    """One that plans these domains from one probe a group, and one for each domain that is in none."""
    domain = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}
    named = {name: [called(at) for at in members] for name, members in groups.items()}
    return Curriculum.model_validate(
        {
            "name": "made-up",
            "model": {"type": "scratch"},
            "domains": {called(at): domain for at in range(made.size)},
            "training": {"steps": 20, "prompts": made.size, "rollouts": 4},
            "schedule": {"probing": {"groups": named}},
        }
    )


def called(at: int) -> str:
    """Name of domain number `at`."""
    return f"d{at:02}"


def probed(made: World, curriculum: Curriculum, rng: np.random.Generator) -> Measurements:
    """The curriculum's own probes, as this world scores them."""
    own = own_probes(curriculum)

    def seen(scores: Array, luck: float) -> tuple[Array, ...]:
        by_seed = np.clip(scores + luck * rng.standard_normal((SEEDS, made.size)), 0.0, 1.0)
        return tuple(np.repeat(by_seed[:, [at]], ITEMS, axis=1) for at in range(made.size))

    scores: dict[Path, tuple[Array, ...]] = {(): seen(made.truth.base, 0.0)}
    for unit, probe in unit_probes(curriculum).items():
        scores[(unit,)] = seen(made.after(amounts(probe, own)), LUCK)
    return Measurements(tuple(own), np.full(made.size, 1 / made.size), scores, groups=groups_of(curriculum))


def planned(made: World, groups: Groups, rng: np.random.Generator) -> Ints:
    """The order of the plan from these groups' probes, as numbers."""
    curriculum = curriculum_of(made, groups)
    order = make_plan(probed(made, curriculum, rng), curriculum, {}, resamples=RESAMPLES).order
    return np.array([list(curriculum.domains).index(name) for name in order])


def totals(made: World, rng: np.random.Generator) -> dict[str, float]:
    """What each way's order is truly worth, and `best`, the best order known."""
    families = [np.flatnonzero(made.family == one) for one in np.unique(made.family)]
    chance = [np.sort(members) for members in np.array_split(rng.permutation(made.size), len(families))]
    ways: dict[str, list[Ints]] = {"each": [], "families": families, "chance": chance}
    orders = {
        name: planned(made, {f"g{at}": members.tolist() for at, members in enumerate(parts)}, rng)
        for name, parts in ways.items()
    }
    orders["written"] = np.arange(made.size)
    found = {name: made.sequence(order.tolist()) for name, order in orders.items()}
    return {**found, "best": _climbed(made, orders[max(found, key=lambda name: found[name])])}


def _climbed(made: World, order: Ints) -> float:
    """The total after moving single domains to where they are worth most, as long as that helps."""
    best, moved = made.sequence(order.tolist()), True
    while moved:
        moved = False
        for name in order.tolist():
            rest = order[order != name]
            tried = [np.insert(rest, at, name) for at in range(made.size)]
            worth = [made.sequence(one.tolist()) for one in tried]
            if max(worth) > best + 1e-9:
                best, order, moved = max(worth), tried[int(np.argmax(worth))], True
    return best


def measured(size: int, families: int, own: float, worlds: int) -> dict[str, object]:
    """Regrets and their differences with intervals, and what each way costs in probes a seed."""
    rows = []
    for seed in range(worlds):
        rng = np.random.default_rng([size, families, round(100 * own), seed])
        rows.append(totals(world(size, families, own, rng), rng))
    ways = [name for name in rows[0] if name != "best"]
    return {
        "domains": size,
        "families": families,
        "own_share": own,
        "worlds": worlds,
        "regret": {name: interval_over([row["best"] - row[name] for row in rows]) for name in ways},
        "more_than_each": {
            name: interval_over([row["each"] - row[name] for row in rows]) for name in ways if name != "each"
        },
        "probes": {"each": size, "families": families, "chance": families, "written": 0},
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
    """A JSON for each share of own effects: what `measured` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("domains", nargs="?", type=int, default=12)
    parser.add_argument("--families", type=int, default=4)
    parser.add_argument("--worlds", type=int, default=12)
    given = parser.parse_args()
    for own in OWN_SHARES:
        print(json.dumps(measured(given.domains, given.families, own, given.worlds), indent=1), flush=True)


if __name__ == "__main__":
    main()
