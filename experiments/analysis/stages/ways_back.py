"""Gain against loss on the straight way from each stage's start to its end, on test: WiSE-FT towards the parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from curricula.guards import SweetSpot
from curricula.stage import Schedule
from experiments.analysis.scores import BASE, RunScores
from experiments.analysis.stages.sweet_spots import SweetSpots, of_courses
from experiments.nodes.course import Course, Point, PointScores
from experiments.nodes.record import DomainScore, Record
from scheduler.composing.merges import way_back_name

WHOLE = 100
"""Steps of the way, so that a step is a hundredth of what the stage changed."""


def ways_back(scores: RunScores) -> tuple[SweetSpots, ...]:
    """Every stage of the main arm of which all models on its way were measured, with the seeds that have them."""
    main = next((arm for arm in scores.inputs.schedules if arm.name == scores.inputs.main), None)
    if main is None or not scores.inputs.curriculum.evaluation.way_back:
        return ()
    return tuple(found for stage in range(1, len(main.stages) + 1) for found in _stage(scores, main, stage))


def _stage(scores: RunScores, main: Schedule, stage: int) -> Iterator[SweetSpots]:
    each = {seed: _course(scores, main, stage, seed) for seed in scores.inputs.curriculum.seeds}
    courses = {seed: course for seed, course in each.items() if course}
    if courses:
        path = tuple(one.label for one in main.stages[:stage])
        yield of_courses(path, list(courses), list(courses.values()))


def _course(scores: RunScores, main: Schedule, stage: int, seed: int) -> Course | None:
    """None where one of its models was not measured."""
    shares = scores.inputs.curriculum.evaluation.way_back
    start = scores.record(main.name, seed, stage - 1) if stage > 1 else scores.record(BASE, seed, 0)
    records: dict[int, Record | None] = {0: start}
    records |= {round(WHOLE * share): scores.record(way_back_name(main, stage, share), seed) for share in shares}
    records[WHOLE] = scores.record(main.name, seed, stage)
    tests = {step: record.scores["test"] for step, record in records.items() if record and "test" in record.scores}
    if len(tests) < len(records):
        return None
    training = main.stages[stage - 1].training
    guard = training.guards.sweet_spot or SweetSpot()
    return Course(
        points=tuple(
            Point(step=step, domains={name: _standing(tests, step, name) for name in scores.domains}) for step in tests
        ),
        trained=main.stages[stage - 1].mixture,
        sizes={name: size for name in scores.domains if (size := _size(tests[0][name]))},
        most=guard.loss,
        kept=WHOLE,
    )


def _standing(tests: Mapping[int, Mapping[str, DomainScore]], step: int, name: str) -> PointScores:
    """Without references where one of the models has none."""
    told = all(_size(one[name]) for one in tests.values())
    kept = tests[step][name].details
    nats = kept.reference_nll if told and kept else None
    return PointScores(scores=tests[step][name].items, nats=nats or ())


def _size(score: DomainScore) -> int:
    """Bytes of the references; 0 where their likelihood was not kept."""
    kept = score.details
    return sum(kept.reference_bytes or ()) if kept and kept.reference_nll else 0
