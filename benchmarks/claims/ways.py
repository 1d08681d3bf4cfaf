"""Claims 9 and 10's second half: stages that were measured on their way, by the guard `sweet_spot`.

Which point is best is chosen by one half of the validation items and the other seeds, and read off on the other half,
both ways and seed by seed: the best of several noisy scores lies above the truth, and a step at which some seeds were
lucky would be lucky for them on all items. `python -m benchmarks.sweet_spots` tells how often that errs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from statistics import fmean
from typing import NamedTuple

import numpy as np

from benchmarks.claims.model import UNTESTED, Claim, Comparison, compared, corrected, told, untested
from benchmarks.claims.probes import Probe, courses, depth, probes
from experiments.analysis.scores import RunScores
from experiments.measures.sweet_spot import UNDER, Balance, of_course, summary
from experiments.nodes.course import Course, Point
from scheduler.measurements import Array
from scheduler.statistics.intervals import p_value
from scheduler.statistics.shared_draw import doubted, grain

NAME = "each technique has its sweet spot"
NO_WAY = "no stage was measured on its way; it takes the guard `sweet_spot`"
FEW = "fewer than four items were measured on the way"


class Tested(NamedTuple):
    """A change on the way, and its p where that holds more than the change's own spread."""

    change: Array | str
    """(seeds, items), or why there is none."""
    p: float | None = None


def sweet_spots(runs: Sequence[RunScores]) -> Claim:
    """A technique has one where a point on the way surely gained, and what came after surely cost: its own score, or
    more of another domain's references than is allowed."""
    each = [(scores, probe, courses(scores, probe)) for scores in runs for probe in probes(scores)]
    measured = [one for one in each if one[2]]
    if not measured:
        return untested(NAME, NO_WAY)
    rows = corrected([row for one in measured for row in _three(*one)])
    cut = [rows[at : at + 3] for at in range(0, len(rows), 3)]
    if all(row.finding in UNTESTED for row in rows):
        why = rows[0].change.missing or f"{rows[0].change.n} seeds, and a claim takes three"
        return untested(NAME, why, rows)
    techniques: dict[str, list[bool]] = {}
    for (scores, probe, _), (gained, fell, beyond) in zip(measured, cut, strict=True):
        sure = gained.finding == "as expected" and "as expected" in (fell.finding, beyond.finding)
        techniques.setdefault(_technique(scores, probe), []).append(sure)
    said = ", ".join(f"{name}: {sum(found)} of {len(found)} stages" for name, found in techniques.items())
    shown = all(any(found) for found in techniques.values()) and len(techniques) > 1
    why = f"stages with a sure sweet spot before their end, {said}; " + "; ".join(map(told, rows))
    return Claim(NAME, "shown" if shown else "not shown", why, rows)


def under(scores: RunScores) -> list[Comparison]:
    """Of every stage that was measured on its way: gain at its first point less 0.9 of that at the best one."""
    return [_under(probe, ways) for probe in probes(scores) if (ways := courses(scores, probe))]


def crossed(ways: Sequence[Course], value: Callable[[Sequence[Course], int], Array]) -> Array | str:
    """`value` at the best step, of each seed and half of the items by the other seeds and the other half: (seeds,
    items). By the other half alone the step would also be the one at which these seeds were lucky."""
    items = min(len(one.scores) for way in ways for point in way.points for one in point.domains.values())
    if items < 4:
        return FEW
    halves = [_only(ways, half) for half in (0, 1)]
    rows = []
    for seed in range(len(ways)):
        rest = [at for at in range(len(ways)) if at != seed] or [seed]
        both = [value([halves[half][seed]], _best([halves[1 - half][at] for at in rest])) for half in (0, 1)]
        rows.append(np.hstack(both))
    return np.vstack(rows)


def gain(ways: Sequence[Course], step: int) -> Array:
    """Of the stage's domains by their shares since its start, (seeds, items)."""
    return np.stack(
        [
            np.sum(
                [
                    share
                    * (np.array(_at(way, step).domains[name].scores) - np.array(way.points[0].domains[name].scores))
                    for name, share in way.trained.items()
                ],
                axis=0,
            )
            for way in ways
        ]
    )


def _under(probe: Probe, ways: Sequence[Course]) -> Comparison:
    first = _steps(ways)[1]
    change = crossed(ways, lambda half, best: gain(half, first) - UNDER * gain(half, best))
    found = _from_start(ways, change, 1 - UNDER)
    return compared(f"{probe.arm} after step {first}: gain less {UNDER} of the best", -1, *found)


def _three(scores: RunScores, probe: Probe, ways: Sequence[Course]) -> tuple[Comparison, Comparison, Comparison]:
    named = f"{probe.arm} ({_technique(scores, probe)})"
    return (
        compared(f"{named}: gain at the best step", 1, *gained(ways)),
        compared(f"{named}: own score from there to the end", -1, fell_since(ways)),
        compared(f"{named}: loss at the end beyond what is allowed", 1, *beyond(ways)),
    )


def gained(ways: Sequence[Course]) -> Tested:
    """At the best step, since the start."""
    return _from_start(ways, crossed(ways, gain), 1.0)


def fell_since(ways: Sequence[Course]) -> Array | str:
    """Change of the own score from the best step to the end."""
    last = _steps(ways)[-1]
    return crossed(ways, lambda half, best: gain(half, last) - gain(half, best))


def _from_start(ways: Sequence[Course], change: Array | str, part: float) -> Tested:
    """p with the luck of the start, which enters the change with this `part`. Where every seed measured the same there,
    as greedy answers of one base model are, all differ from one draw."""
    starts = [{name: way.points[0].domains[name].scores for name in way.trained} for way in ways]
    if isinstance(change, str) or any(one != starts[0] for one in starts):
        return Tested(change)
    worth = sum(share * grain(*_scores(ways, name)) for name, share in ways[0].trained.items())
    found = doubted(change, part * worth)
    return Tested(change, p_value({"": found}) if np.any(found) else 1.0)


def _scores(ways: Sequence[Course], name: str) -> list[Array]:
    """At every point, (seeds, items)."""
    return [np.array([_at(way, step).domains[name].scores for way in ways]) for step in _steps(ways)]


def beyond(ways: Sequence[Course]) -> Tested:
    """Bits per byte that the references of the domain that lost most lost at the end beyond what is allowed. Which one
    that is follows from these items and seeds, so p counts for every one that it could have been."""
    first, last = ways[0].points[0].domains, _steps(ways)[-1]
    others = [name for name, one in first.items() if name not in ways[0].trained and one.nats]
    if not others:
        return Tested("there is no other domain with references")
    change = max((_lost(ways, name, last) for name in others), key=lambda lost: float(lost.mean())) - ways[0].most
    return Tested(change, min(1.0, len(others) * p_value({"": change})) if np.any(change) else 1.0)


def _lost(ways: Sequence[Course], name: str, step: int) -> Array:
    return np.stack(
        [
            (np.array(_at(way, step).domains[name].nats) - np.array(way.points[0].domains[name].nats))
            / log(2)
            / (way.sizes[name] / len(way.points[0].domains[name].nats))
            for way in ways
        ]
    )


def _best(ways: Sequence[Course]) -> int:
    """By the seeds' means."""
    each = [of_course(way) for way in ways]
    means = [_mean([next(one for one in found if one.step == step) for found in each]) for step in _steps(ways)]
    return summary(means, ways[0].most).best


def _mean(found: Sequence[Balance]) -> Balance:
    losses = [one.loss for one in found if one.loss is not None]
    return replace(
        found[0],
        gain=fmean(one.gain for one in found),
        loss=fmean(losses) if losses else None,
        own=fmean(one.own for one in found),
    )


def _steps(ways: Sequence[Course]) -> list[int]:
    """Those at which every seed was measured."""
    return sorted(set.intersection(*({point.step for point in way.points} for way in ways)))


def _at(way: Course, step: int) -> Point:
    return next(point for point in way.points if point.step == step)


def _only(ways: Sequence[Course], half: int) -> list[Course]:
    """Every second item, from the first or the second on."""
    found = []
    for way in ways:
        points = tuple(
            point.model_copy(
                update={
                    "domains": {
                        name: one.model_copy(update={"scores": one.scores[half::2], "nats": one.nats[half::2]})
                        for name, one in point.domains.items()
                    }
                }
            )
            for point in way.points
        )
        kept = {
            name: max(
                1, round(size * len(points[0].domains[name].nats) / max(1, len(way.points[0].domains[name].nats)))
            )
            for name, size in way.sizes.items()
        }
        found.append(way.model_copy(update={"points": points, "sizes": kept}))
    return found


def _technique(scores: RunScores, probe: Probe) -> str:
    return f"{probe.method}, {depth(scores.inputs.curriculum)[1]}"
