"""What answers became with a calculator, and which items one can solve at all."""

from __future__ import annotations

from collections.abc import Sequence

from domains.calculator import counted
from experiments.nodes.inquired import Calculated
from experiments.nodes.outputs import Arm, Marked, Output
from experiments.nodes.suite import Task

ARMS: tuple[Arm, ...] = ("calculator", "shown")


def calculated(task: Task, without: Sequence[float], rows: Sequence[tuple[Output, Marked]]) -> Calculated:
    """`without`: scores of the items' first answers; `rows`: item by item those of `ARMS` with their marks.

    An item is solvable where a solution that calls the calculator is known, fits into the task's `max_tokens` with the
    token that ends it, and is worth 1.
    """
    if task.calculator is None or task.max_tokens is None:
        raise ValueError("the task is none of a calculator")
    room = task.max_tokens
    said, shown = ([pair for pair in rows if pair[0].arm == arm] for arm in ARMS)
    each = [counted(row.text or "", task.calculator) for row, _ in said]
    return Calculated(
        solvable=tuple(row.text is not None and row.count <= room and mark.score == 1 for row, mark in shown),
        without=tuple(without),
        score=tuple(mark.score for _, mark in said),
        calls=tuple(count for count, _ in each),
        vain=tuple(vain for _, vain in each),
    )
