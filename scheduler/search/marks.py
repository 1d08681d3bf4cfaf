"""What sets schedules apart that train as much of every domain: the path of the rate, how high it is, and who chose
the mixtures.

Marks are features beside the exposures (scheduler/search/exposure.py), and only where a search opens what they are of:
one for each path of the rate but the first, one for the binary logarithm of the learning rate's factor, and one for
mixtures chosen round by round. A mark grows with what is trained so, from 0 at the base model to √n for a whole
schedule of n domains (of the learning rate: for one as high, or as low, as the space reaches): its square is then that
of n effects, as many as all domains together have on one. Exposures know the rate as an amount, but of what is trained
in every stage, as in joint training, they are full at any rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from curricula.schema import Curriculum
from curricula.stage import RateName
from scheduler.composing.compositions.table import KINDS, offered
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.measurements import Array


@dataclass(frozen=True)
class Marks:
    """Those of a search."""

    rates: tuple[RateName, ...]
    """Paths of the rate that have one."""
    pace: float
    """The largest binary logarithm, up or down, of the learning rate's mean factor; 0: it has none."""
    by_round: bool
    """Whether mixtures chosen round by round have one."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rates) + bool(self.pace) + self.by_round

    def of(self, schedules: Sequence[Sequence[Draft]], rates: Sequence[RateName], base: StageBudgets) -> Array:
        """(schedules, stages, marks): what each stage adds to each; 0 after a schedule's last stage."""
        longest = max(map(len, schedules), default=0)
        found = np.zeros((len(schedules), longest, self.count))
        if not self.count:
            return found
        whole = sum(own.steps for own in base.training.values()) / len(base.training) ** 0.5
        for row, stages, rate in zip(found, schedules, rates, strict=True):
            added = np.array([stage.steps for stage in stages]) / whole
            for mark, marked in enumerate(self.rates):
                row[: len(stages), mark] = added * (rate == marked)
            if self.pace:
                row[: len(stages), len(self.rates)] = added * np.log2([stage.rate for stage in stages]) / self.pace
            if self.by_round:
                row[: len(stages), -1] = added * [stage.chosen for stage in stages]
        return found


def marks_of(curriculum: Curriculum) -> Marks:
    """Of a curriculum's search, whose probes are on the curriculum's own path of the rate."""
    opened = curriculum.search.rate
    values = dict.fromkeys((*opened, curriculum.schedule.rate)) if len(set(opened)) > 1 else ()
    by_round = any(KINDS[name].by_round for name in offered(curriculum))
    return Marks(tuple(values)[1:], _pace(curriculum), by_round)


def _pace(curriculum: Curriculum) -> float:
    """Over as many stages as domains."""
    scales, decays = set(curriculum.search.lr_scale), set(curriculum.search.lr_decay)
    if max(len(scales), len(decays)) < 2:
        return 0.0
    falls = [np.log2(decay) * (len(curriculum.domains) - 1) / 2 for decay in decays or {curriculum.schedule.lr_decay}]
    return float(max(abs(np.log2(scale) + fall) for scale in scales for fall in falls))
