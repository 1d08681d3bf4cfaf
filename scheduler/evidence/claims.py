"""What a plan claims of single effects and pairs, corrected for how many are looked at: own gains, precedences, harms.

A weighted total is a constant plus Σ w_j·B[i→j] over pairs with i trained after j (scheduler/prediction/predict.py), so
putting i before j rather than after it gains w_i·B[j→i] − w_j·B[i→j], whatever else is trained. That is asked pair by
pair, not whether the whole order beats the runner-up: the runner-up differs by the weakest pair alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

import numpy as np

from domains.interval import Interval
from scheduler.evidence.effects import Finding, Judge
from scheduler.grouping import NO_GROUPS, Groups, unit_by_domain, units_of
from scheduler.measurements import Array, Path
from scheduler.plan import Harm, OwnGain, Precedence
from scheduler.statistics.intervals import LEVEL, holm

NONE: Mapping[str, str] = {}
NOTHING_TAUGHT = Interval.unknown("no stage taught anything")
FEWEST_SEEDS = 2
"""Below, nothing is known of what chance does to a training run, so no precedence and no harm is claimed."""


def precedences(
    domains: Path,
    weights: Array,
    kept: Collection[str],
    judge: Judge,
    seeds: int,
    idle: Collection[str] = (),
    groups: Groups = NO_GROUPS,
) -> tuple[Precedence, ...]:
    """All pairs of the domains in `kept`, the smallest p first; none with a domain of `idle` is identified. Domains of
    a group are claimed together, by its name, and nothing is claimed within it."""
    units = units_of([name for name in domains if name in kept], groups)
    asked = combinations(sorted(units), 2)
    found = [_towards(pair, units, domains, weights, judge) for pair in asked]
    unsure = {unit for unit, members in units.items() if {*members} & {*idle}}
    return tuple(
        Precedence(
            first=pair[0],
            second=pair[1],
            gain=finding.gain,
            p=finding.p,
            p_adjusted=p_adjusted,
            identified=seeds >= FEWEST_SEEDS and _sure(finding, p_adjusted) and not {*pair} & unsure,
        )
        for (pair, finding), p_adjusted in sorted(
            zip(found, adjusted([finding for _, finding in found]), strict=True),
            key=lambda row: (row[0][1].p, row[0][0]),
        )
    )


def precedence(weights: Array, i: int, j: int) -> Array:
    """What putting i before j gains, as coefficients of the effects (trained, affected)."""
    gain = np.zeros((len(weights),) * 2)
    gain[j, i], gain[i, j] = weights[i], -weights[j]
    return gain


def own_gains(
    domains: Path, base: Array, judge: Judge, idle: Mapping[str, str] = NONE, groups: Groups = NO_GROUPS
) -> tuple[OwnGain, ...]:
    """The diagonal of B; with one seed on these items, by this run. Domains of `idle` are not tested, nor counted."""
    unit = unit_by_domain(domains, groups)
    found = {name: judge(np.diag(np.eye(len(domains))[j])) for j, name in enumerate(domains)}
    tested = [name for name in domains if name not in idle]
    by_holm = dict(zip(tested, adjusted([found[name] for name in tested]), strict=True))
    return tuple(
        OwnGain(
            domain=name,
            group=unit[name] if unit[name] in groups else None,
            base=float(level),
            gain=found[name].gain,
            p=found[name].p if name in by_holm else 1.0,
            p_adjusted=by_holm.get(name, 1.0),
            nothing=idle.get(name),
        )
        for name, level in zip(domains, base, strict=True)
    )


def mean_own_gain(domains: Path, weights: Array, judge: Judge, idle: Collection[str] = ()) -> Interval:
    """The mean of the diagonal by weights, over the domains that are not in `idle`."""
    counted = weights * np.array([name not in idle for name in domains])
    return judge(np.diag(counted / counted.sum())).gain if counted.any() else NOTHING_TAUGHT


def harms(kept: Path, gain: Callable[[Path, str], Finding], seeds: int) -> tuple[Harm, ...]:
    """Which domains to leave out: the most harmful one, as long as one surely harms and another is left to train.

    ``gain(kept, name)`` finds what leaving `name` out of `kept` gains. A domain that only seems to harm is trained.
    """
    left: list[Harm] = []
    while len(kept) > 1:
        found = [gain(kept, name) for name in kept]
        tested = [
            Harm(domain=name, gain=finding.gain, p=finding.p, p_adjusted=p_adjusted, left_out=False)
            for name, finding, p_adjusted in zip(kept, found, adjusted(found), strict=True)
        ]
        sure = [one for one in tested if seeds >= FEWEST_SEEDS and one.gain.value > 0 and one.p_adjusted <= 1 - LEVEL]
        if not sure:
            return (*left, *tested)
        worst = max(sure, key=lambda one: (one.gain.value, one.domain))
        left.append(worst.model_copy(update={"left_out": True}))
        kept = tuple(name for name in kept if name != worst.domain)
    return tuple(left)


def adjusted(findings: Sequence[Finding]) -> list[float]:
    """Their p values by Holm, in the same order."""
    found = holm({at: finding.p for at, finding in enumerate(findings)})
    return [found[at] for at in range(len(findings))]


def _towards(pair: Path, units: Groups, domains: Path, weights: Array, judge: Judge) -> tuple[Path, Finding]:
    """The pair in the direction that gains."""
    first, second = ([domains.index(name) for name in units[one]] for one in pair)
    gain = np.sum([precedence(weights, i, j) for i in first for j in second], axis=0)
    finding = judge(gain)
    return (pair, finding) if finding.gain.value >= 0 else (pair[::-1], judge(-gain))


def _sure(finding: Finding, p_adjusted: float) -> bool:
    return finding.gain.value > 0 and p_adjusted <= 1 - LEVEL
