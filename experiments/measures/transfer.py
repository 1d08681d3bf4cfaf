"""Transfer and forgetting under every definition in use, of the matrix R of an arm.

R[i, k] is the score on the domain k after i stages; R[0] is the base model's. `first[k]` is the stage that introduced
the domain k, 1 for the first. Where every stage introduces one domain this is the matrix of continual learning, whose
papers count from the first task on; the base stands for their model of random weights. All definitions but the two
that cut one off at 0 are sums of weight × score, so that each has an interval as any mean over items has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scheduler.measurements import Array

Definition = Literal[
    "acc",
    "bwt",
    "fwt",
    "acc_diaz",
    "bwt_diaz",
    "fwt_diaz",
    "forgetting_chaudhry",
    "forgetting_avalanche",
    "intransigence_chaudhry",
    "remembering_diaz",
    "positive_bwt_diaz",
]


@dataclass(frozen=True)
class Meaning:
    """What a definition says, and who says so."""

    source: str
    words: str
    better: Literal["up", "down"]


GEM = "GEM: Lopez-Paz and Ranzato 2017, arXiv 1706.08840"
DIAZ = "Díaz-Rodríguez et al. 2018, arXiv 1810.13166"
CHAUDHRY = "Chaudhry et al. 2018, arXiv 1801.10112"
MEANINGS: dict[Definition, Meaning] = {
    "acc": Meaning(GEM, "final score, mean over domains", "up"),
    "bwt": Meaning(GEM, "final score less that right after the domain's first stage", "up"),
    "fwt": Meaning(GEM, "score right before the domain's first stage less the base's", "up"),
    "acc_diaz": Meaning(DIAZ, "A: mean over all moments from a domain's first stage on", "up"),
    "bwt_diaz": Meaning(DIAZ, "BWT: mean over all later moments of the score less that after the first stage", "up"),
    "fwt_diaz": Meaning(DIAZ, "FWT: mean score over all moments before its first stage, the base left out", "up"),
    "forgetting_chaudhry": Meaning(CHAUDHRY, "best score after an earlier stage less the final one", "down"),
    "forgetting_avalanche": Meaning("Avalanche 0.6", "score after the first stage less the final one: −BWT", "down"),
    "intransigence_chaudhry": Meaning(CHAUDHRY, "joint training's score less that after the first stage", "down"),
    "remembering_diaz": Meaning(DIAZ, "REM: 1 − |min(BWT, 0)|", "up"),
    "positive_bwt_diaz": Meaning(DIAZ, "BWT+: max(BWT, 0)", "up"),
}
OF_BACKWARD: dict[Definition, Callable[[float], float]] = {
    "remembering_diaz": lambda backward: 1 + min(backward, 0.0),
    "positive_bwt_diaz": lambda backward: max(backward, 0.0),
}
"""Definitions that follow from `bwt_diaz`."""


Cells = list[tuple[int, int | None]]
"""Of one domain: moments whose score counts, each less that at another moment, if any."""
CELLS: dict[Definition, Callable[[int, int], Cells]] = {
    "acc": lambda first, stages: [(stages, None)],
    "bwt": lambda first, stages: [(stages, first)] * (first < stages),
    "fwt": lambda first, stages: [(first - 1, 0)] * (first > 1),
    "acc_diaz": lambda first, stages: [(moment, None) for moment in range(first, stages + 1)],
    "bwt_diaz": lambda first, stages: [(moment, first) for moment in range(first + 1, stages + 1)],
    "fwt_diaz": lambda first, stages: [(moment, None) for moment in range(1, first)],
    "forgetting_avalanche": lambda first, stages: [(first, stages)] * (first < stages),
}
"""Definition → (the domain's first stage, the number of stages) → cells."""


def weights(definition: Definition, first: Sequence[int], stages: int, past: Array | None = None) -> Array | None:
    """(stages + 1, domains), whose product with R sums to the value; None where nothing is defined by so few stages.

    `past`: R on other items, by which the best earlier moment is chosen. Not for intransigence, which takes another
    arm, and `OF_BACKWARD`.
    """
    if definition == "forgetting_chaudhry" and past is not None:
        each = [_from_best(past[:, domain], begun, stages) for domain, begun in enumerate(first)]
    else:
        each = [CELLS[definition](begun, stages) for begun in first]
    found, count = np.zeros((stages + 1, len(first))), sum(map(len, each))
    if not count:
        return None
    for domain, cells in enumerate(each):
        for plus, minus in cells:
            found[plus, domain] += 1 / count
            if minus is not None:
                found[minus, domain] -= 1 / count
    return found


def _from_best(past: Array, first: int, stages: int) -> Cells:
    """The best moment after any earlier stage, less the last."""
    return [(1 + int(np.argmax(past[1:stages])), stages)] if first < stages else []
