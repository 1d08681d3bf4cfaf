"""From the scores of one model, or of two, to their checkup: what page, terminal and measure.json show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.analysis.checkup.build import checkup
from experiments.analysis.checkup.model import Checkup, Examinee, Flip
from experiments.analysis.checkup.words import verdict_of
from experiments.nodes.record import DomainScore


def build_checkup(
    file: str,
    models: Sequence[Examinee],
    scores: Sequence[Mapping[str, DomainScore]],
    lost: Mapping[str, Sequence[Flip]],
    notes: Sequence[str],
) -> Checkup:
    """`scores`: of each model, by domain; of two the second is held against the first. `lost`: items to be shown."""
    same = len({one.identity for one in models}) < len(models)
    second = scores[1] if len(scores) == 2 else None
    domains = checkup(scores[0], second, [one.access for one in models], lost, same=same)
    return Checkup(
        file=file,
        models=tuple(models),
        domains=domains,
        verdict=verdict_of(domains, [one.name for one in models], same=same),
        notes=tuple(notes),
    )
