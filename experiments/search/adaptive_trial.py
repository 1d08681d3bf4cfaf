"""A trial that mixes adaptively: each next mixture by what the trial's own rounds before it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from curricula.schema import Curriculum
from experiments.nodes.tree import StageNode
from experiments.run.reading.gather import validation_blocks
from experiments.store import View
from scheduler.composing.choice import Choice
from scheduler.measurements import Measurements
from scheduler.mixing import Proposal
from scheduler.mixing.rounds import Rounds, advance

Mixture = Mapping[str, float]


def next_mixture(
    view: View,
    curriculum: Curriculum,
    choice: Choice,
    mixtures: Sequence[Mixture],
    ends: Sequence[StageNode],
    measured: Measurements | None,
) -> dict[str, float]:
    """Domain → share in the round after these. `ends`: where the base and each of these rounds was read off."""
    names = tuple(curriculum.domains)
    none = np.zeros(len(names))
    known = tuple(Proposal(np.array([mixture.get(name, 0.0) for name in names]), none, none) for mixture in mixtures)
    rounds = Rounds(curriculum.schedule.adaptive.rule, choice, known)
    found = advance(curriculum, rounds, [validation_blocks([view.record(node)], names) for node in ends], measured)
    shares = dict(zip(names, found.proposals[-1].shares.tolist(), strict=True))
    return {name: share for name, share in shares.items() if share > 0}
