"""What answers were worth after their reasoning and after the same reasoning in other words."""

from __future__ import annotations

from collections.abc import Sequence

from domains.reasoning import reasoning_of
from experiments.nodes.inquired import Paraphrased, Row
from experiments.nodes.outputs import Arm, Marked, Output

FORCED: tuple[Arm, ...] = ("whole", "reworded")
SAID: Arm = "paraphrase"
"""What the paraphraser said: it has no score."""


def paraphrased(
    answers: Sequence[str], final: str, outputs: Sequence[Output], marks: Sequence[Marked]
) -> Paraphrased | None:
    """`answers` are the items' first ones; `outputs` what was said of them, item by item, `marks` those of the answers
    that were forced. None where nothing was asked."""
    if not outputs:
        return None
    forced = [row for row in outputs if row.arm != SAID]
    rows: dict[Arm | None, Row] = {
        arm: tuple(
            None if row.text is None else mark.score for row, mark in zip(forced, marks, strict=True) if row.arm == arm
        )
        for arm in FORCED
    }
    steps = tuple(reasoning_of(text, final).steps for text in answers)
    return Paraphrased(steps=steps, whole=rows["whole"], reworded=rows["reworded"])
