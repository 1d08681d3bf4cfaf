"""How a trial keeps the curriculum's limits: measured on validation, with the trial's own seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.limits import OrderLimit, limits_of
from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.example import Split
from experiments.nodes.record import DomainScore, Record

SPLIT: Split = "validation"


def beyond(curriculum: Curriculum, schedule: Schedule, records: Sequence[Record]) -> dict[str, float]:
    """Limit → by how much it is broken, 0 or less where it is kept; those alone that the schedule can break.

    `records` are of the base model and of where each stage is read off. Rounds of adaptive mixing have no stage of a
    domain's own.
    """
    if schedule.composition == "adaptive":
        return {}
    found: dict[str, float] = {}
    for limit in limits_of(curriculum):
        stage = next((at for at, one in enumerate(schedule.stages, start=1) if limit.domain in one.mixture), None)
        if stage is not None:
            found |= _beyond(limit, stage, [record.scores[SPLIT] for record in records])
    return found


def _beyond(limit: OrderLimit, stage: int, scores: Sequence[Mapping[str, DomainScore]]) -> dict[str, float]:
    if limit.measure == "loss":
        lost = scores[stage][limit.domain].mean - scores[-1][limit.domain].mean
        return {limit.name: lost - limit.bound} if stage < len(scores) - 1 else {}
    entropy = scores[stage - 1][limit.domain].entropy
    return {limit.name: limit.bound - sum(entropy) / len(entropy)} if entropy else {}
