"""How sure a model says it is: "True" against "False", and a probability in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp

from experiments.nodes.inquired import Believed
from experiments.nodes.outputs import Arm, Output

OPTIONS: tuple[Arm, ...] = ("true", "false")
TOLD: tuple[Arm, ...] = (*OPTIONS, "stated")
NUMBER = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d+)?)(?![\w])\s*(%?)")


def believed(right: Sequence[float], outputs: Sequence[Output]) -> Believed:
    """`right`: scores of the items' first answers; `outputs` what was read and stated of them."""
    options = [[row.nll for row in outputs if row.arm == arm] for arm in OPTIONS]
    stated = [row for row in outputs if row.arm == "stated"]
    return Believed(
        right=tuple(right),
        p_true=tuple(_p_true(yes, no) for yes, no in zip(*options, strict=True)) or None,
        stated=tuple(probability(row.text or "") for row in stated) or None,
    )


def probability(text: str) -> float | None:
    """The first number of a text as a probability in [0, 1]; None where there is none, or it is above 100.

    It was asked for in percent, so "1" is one percent; a fraction with a point up to 1 ("0.9") is meant as it stands.
    """
    found = NUMBER.search(text)
    if found is None:
        return None
    value = float(found[1])
    if "." in found[1] and value <= 1 and not found[2]:
        return value
    return value / 100 if value <= 100 else None


def _p_true(yes: float | None, no: float | None) -> float | None:
    """exp(−yes) / (exp(−yes) + exp(−no))."""
    if yes is None or no is None:
        return None
    return 1 / (1 + exp(min(700.0, yes - no)))
