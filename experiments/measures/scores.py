"""A domain's score on one split: its primary metric, and the further metrics that a curriculum asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from curricula.schema import Metric
from experiments.measures.entropy import divergence, sample_entropy
from experiments.measures.likelihood import bits_per_byte, reference_entropy
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore
from experiments.nodes.suite import TaskKind


@dataclass(frozen=True)
class Measure:
    """One metric: the task whose outputs it needs, and how it follows from them."""

    unit: str
    needs: TaskKind
    of: Callable[[Sequence[Output]], float | tuple[float, ...]]
    """One value, or one of each item that was asked."""


METRICS: dict[Metric, Measure] = {
    "nll": Measure("bits per byte", "references", bits_per_byte),
    "reference_entropy": Measure("nats per token", "references", reference_entropy),
    "entropy": Measure("nats per token", "samples", sample_entropy),
    "kl": Measure("nats per token", "divergence", divergence),
}
"""A score has a field for each of these, and `more` for every other one."""


def domain_score(
    outputs: Mapping[TaskKind, Sequence[Output]],
    marks: Sequence[Marked],
    metrics: Sequence[Metric],
    formed: Sequence[bool] = (),
) -> DomainScore:
    """The score of one split of one domain; `marks` are those of the answers, item by item.

    `formed`: in which of the own samples the metric's reward found an answer.
    """
    each = [[one.score for one in group] for _, group in groupby(marks, key=lambda one: one.item)]
    found = {name: METRICS[name].of(outputs[METRICS[name].needs]) for name in metrics}
    return DomainScore(
        items=tuple(fmean(scores) for scores in each),
        best=tuple(max(scores) for scores in each) if len(marks) > len(each) else None,
        unparsed=fmean(one.parsed is None for one in marks),
        stopped=sum(one.stopped for one in marks),
        unread=sum(one.unread for one in marks),
        tokens=sum(one.count for kind in ("answers", "samples") for one in outputs.get(kind, ())),
        entropy_formed=_formed(found.get("entropy"), formed),
        more={name: _mean(value) for name, value in found.items() if name not in DomainScore.model_fields},
        **{name: value for name, value in found.items() if name in DomainScore.model_fields},
    )


def _mean(value: float | tuple[float, ...]) -> float:
    return fmean(value) if isinstance(value, tuple) else value


def _formed(entropy: object, formed: Sequence[bool]) -> float | None:
    if not isinstance(entropy, tuple) or not formed:
        return None
    kept = [value for value, good in zip(entropy, formed, strict=True) if good]
    return fmean(kept) if kept else None
