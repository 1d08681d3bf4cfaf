"""Rounds as they may come, before any is trained: what a run will cost does not depend on their mixtures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from curricula.schema import Curriculum
from scheduler.mixing.rounds import Rounds, begin, even_rounds, held
from scheduler.mixing.seen import Proposal, floored, in_parts
from scheduler.plan import Plan


def guessed_rounds(curriculum: Curriculum, plan: Plan | None, draw: int) -> tuple[Rounds, ...]:
    """All rounds of every arm, in mixtures by chance; no two alike, so that nothing passes for shared."""
    spec = curriculum.schedule.adaptive

    def guess(at: int, rounds: Rounds) -> Rounds:
        rng = np.random.default_rng([draw, at])
        kept = np.array([float(name in rounds.kept) for name in curriculum.domains])
        shares = np.zeros((spec.rounds, len(kept)))
        shares[:, kept > 0] = rng.dirichlet(np.ones(len(rounds.kept)), spec.rounds)
        floors = [held(spec, stage).floor for stage in even_rounds(curriculum, rounds.choice)]
        made = tuple(
            Proposal(in_parts(floored(row, kept, floor)), kept) for row, floor in zip(shares, floors, strict=True)
        )
        return replace(rounds, proposals=made)

    return tuple(guess(at, rounds) for at, rounds in enumerate(begin(curriculum, plan)))
