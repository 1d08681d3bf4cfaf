"""Runs with planted damage: the main arm's answers are drawn with a known ability, form, confidence and variety."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.analysis.cliffs.build import cliffs
from experiments.analysis.cliffs.model import ArmCliffs, Cell
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.scores import RunScores
from experiments.nodes.course import Course, Point, PointScores
from experiments.nodes.details import Details
from experiments.nodes.guarded import Guarded
from experiments.nodes.record import DomainScore
from scheduler.measurements import Array
from tests.support.findings import generator
from tests.support.report import make_inputs

ITEMS, SAMPLES = 120, 4


@dataclass(frozen=True)
class Truth:
    """What is true of a model on a domain."""

    ability: float = 0.6
    """Mean probability of a right answer."""
    form: float = 1.0
    """Probability that an answer is in the form that the reward reads."""
    boast: float = 0.0
    """Confidence beyond the probability of being right."""
    variety: float = 0.5
    """Mean distance of two well-formed answers; malformed ones are at 1 from every other."""
    entropy: float = 1.0
    slips: float = 0.0
    """Share of right answers whose steps stay right while a sum in them goes wrong."""


Damage = Mapping[tuple[int, str], Truth]
"""(stage from which on it holds, domain) → truth; the base and everything else are `Truth()`."""


Way = Callable[[Array], Array]
"""Share of a stage done → nats of the references; an answer is right as likely as its reference."""
WAYS: dict[str, Way] = {
    "cliff": lambda done: np.where(done < 0.45, 0.3, 2.0),
    # Ten nats along a line: most of what can be lost is lost with the first of them.
    "slide": lambda done: 0.3 + 10 * done,
    "fade": lambda done: 0.3 + 1.2 * done,
    "level": lambda done: 0.3 + 0 * done,
}


def planted(
    damage: Damage,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    domains: int = 2,
    ways: Mapping[tuple[int, str], str] | None = None,
) -> ReportInputs:
    """A whole run whose main arm has this damage and whose other arms are as they come. `ways`: (stage, domain) → how
    it went there; then all of the main arm's stages were measured on their way."""
    inputs = make_inputs(domains, seeds)
    main = {
        node: depth
        for (arm, _), nodes in inputs.readings.items()
        if arm == inputs.main
        for depth, node in enumerate(nodes)
    }
    records = {
        node: record.model_copy(
            update={
                "scores": {
                    split: {name: drawn(node, name, split, truth_at(damage, main.get(node, 0), name)) for name in block}
                    for split, block in record.scores.items()
                }
            }
        )
        for node, record in inputs.records.items()
    }
    for node, depth in main.items() if ways is not None else ():
        if depth:
            found = {name: WAYS[(ways or {}).get((depth, name), "level")] for name in inputs.curriculum.domains}
            guarded = Guarded(course=course(node, found), planned=100, done=100)
            records[node] = records[node].model_copy(update={"guarded": guarded})
    return replace(inputs, records=records)


def course(node: str, ways: Mapping[str, Way], kept: int = 100) -> Course:
    """Of one stage of 100 steps: 11 points, 64 items."""
    points = []
    hard = {name: generator("way", name).normal(0, 0.1, 64) for name in ways}
    for step in range(0, 101, 10):
        domains = {}
        for name, way in ways.items():
            rng = generator("course", node, name, step)
            nats = np.clip(way(np.array(step / 100)) * (1 + hard[name]), 0.0, None)
            right = rng.random((64, SAMPLES)) < np.exp(-nats)[:, None]
            domains[name] = PointScores(scores=tuple(right.mean(axis=1).tolist()), nats=tuple(nats.tolist()))
        points.append(Point(step=step, domains=domains))
    sizes = dict.fromkeys(ways, 64 * 5)
    return Course(points=tuple(points), trained={next(iter(ways)): 1.0}, sizes=sizes, most=0.1, kept=kept)


def main_cliffs(damage: Damage, **more: Any) -> ArmCliffs:
    """What is said of the main arm where that is planted; see `planted`."""
    inputs = planted(damage, **more)
    return cliffs(RunScores(inputs))[inputs.main]


def at(found: ArmCliffs, stage: int, domain: str) -> Cell:
    """One cell."""
    return next(cell for cell in found.cells if (cell.stage, cell.domain) == (stage, domain))


def truth_at(damage: Damage, depth: int, domain: str) -> Truth:
    """What holds after so many stages."""
    begun = [stage for stage, name in damage if name == domain and stage <= depth]
    return damage[max(begun), domain] if begun else Truth()


def drawn(node: str, domain: str, split: str, truth: Truth) -> DomainScore:
    """Answers of one model; how hard items are is the same for all models."""
    hard = generator("hard", domain, split).uniform(-0.3, 0.3, size=(ITEMS, 1))
    rng = generator("answers", node, domain, split)
    chance = np.clip(truth.ability + rng.normal(0, 0.01) + hard, 0.02, 0.98)
    found = rng.random((ITEMS, SAMPLES)) < truth.form
    able = (rng.random((ITEMS, SAMPLES)) < chance) & found
    right = able & (generator("slips", node, domain, split).random((ITEMS, SAMPLES)) >= truth.slips)
    confidence = np.clip(chance + truth.boast + rng.normal(0, 0.02, size=(ITEMS, SAMPLES)), 0.02, 0.98)
    formed = found.sum(axis=1)
    pairs, good = SAMPLES * (SAMPLES - 1) / 2, formed * (formed - 1) / 2
    apart = np.clip(truth.variety + rng.normal(0, 0.05, size=ITEMS), 0, 1)
    details = Details(
        samples=SAMPLES,
        scores=tuple(right.astype(float).ravel().tolist()),
        found=tuple(found.ravel().tolist()),
        cut=(False,) * (ITEMS * SAMPLES),
        nll=tuple((-np.log(confidence)).ravel().tolist()),
        executed=tuple(able.astype(float).ravel().tolist()) if truth.slips else None,
        distinct=tuple(apart.tolist()),
        compression=tuple((2 - apart).tolist()),
        distance=tuple(((good * apart + (pairs - good)) / pairs).tolist()),
        distance_formed=tuple(
            value if count > 1 else None for value, count in zip(apart.tolist(), formed, strict=True)
        ),
        reference_nll=tuple((5 - 4 * chance[:, 0]).tolist()),
        reference_bytes=(5,) * ITEMS,
    )
    return DomainScore(
        items=tuple(right.mean(axis=1).tolist()),
        entropy=tuple(np.clip(rng.normal(truth.entropy, 0.1, size=24), 0.01, None).tolist()),
        unparsed=float(1 - found.mean()),
        details=details if split == "test" else None,
    )
