"""From forced answers to what each item's reasoning was worth.

Information (after Wu et al. 2025, arXiv 2506.02126): how much likelier the reasoning makes the right answer to a
reader, in nats per token of that answer. As published it is a mean over steps of falls of perplexity, which telescopes
to (PPL₀ − PPL_t) / t; so it cannot tell worse reasoning from more steps, and total, steps and gain a step stand apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from domains.reasoning import reasoning_of
from experiments.measures.spec import Name
from experiments.nodes.inquired import Reasoned, Row
from experiments.nodes.outputs import Arm, Marked, Output
from scheduler.measurements import Array

SHARES: dict[Arm, float] = {"at_once": 0.0, "quarter": 0.25, "half": 0.5, "three_quarters": 0.75, "whole": 1.0}
"""How much of the reasoning is left, from none to all of it."""
READ: tuple[Arm, ...] = ("read_at_once", "read_whole")


def reasoned(
    answers: Sequence[str], final: str, outputs: Sequence[Output] = (), marks: Sequence[Marked] = ()
) -> Reasoned:
    """`answers` are the items' first ones; `outputs` what was said and read of them, `marks` those of the forced ones.

    Without outputs nothing but the steps is known.
    """
    steps = tuple(reasoning_of(text, final).steps for text in answers)
    said = [row for row in outputs if row.arm not in READ]
    arms: dict[Arm, list[tuple[Output, Marked]]] = {}
    for row, mark in zip(said, marks, strict=True):
        if row.arm is not None:
            arms.setdefault(row.arm, []).append((row, mark))
    score = {arm: tuple(_score(*each) for each in rows) for arm, rows in arms.items()}
    whole = [mark for _, mark in arms.get("whole", [])]
    same = {
        arm: tuple(_same(*pair, best) for pair, best in zip(rows, whole, strict=True)) for arm, rows in arms.items()
    }
    return Reasoned(
        steps=steps,
        score=score,
        same=same,
        early=tuple(early(count, _column(same, at)) for at, count in enumerate(steps)) if same else None,
        nats_at_once=_read(outputs, READ[0]),
        nats_whole=_read(outputs, READ[1]),
    )


def left(steps: int, arm: Arm) -> int:
    """How many steps are left of so many."""
    return int(SHARES[arm] * steps + 0.5)


def early(steps: int, same: Mapping[Arm, float | None]) -> float | None:
    """Area over the share of reasoning left, from 0 to 1, above whether the answer is that after all of it.

    By trapezoids between the parts that were tried; higher: the answer depends more on the reasoning. None: no steps.
    The mean over items is Lanham's mean over lengths, weighted by how many answers have them.
    """
    if not steps:
        return None
    known = {left(steps, arm): float(value) for arm in SHARES if (value := same.get(arm)) is not None}
    x = np.array(sorted(known), float) / steps
    return float(np.trapezoid(1 - np.array([known[at] for at in sorted(known)]), x))


def same_after(kept: Reasoned) -> Array:
    """By part of the reasoning and item whether the answer is that after all of it, (parts, items); NaN: no steps."""
    return np.array([np.where(_steps(kept) > 0, _row(kept.same[arm]), np.nan) for arm in SHARES])


def published(at_once: Array, whole: Array, steps: Array) -> Array:
    """(PPL₀ − PPL_t) / t, the published mean over steps; NaN where there is none. Unbounded: few items dominate."""
    return per_step(np.exp(at_once) - np.exp(whole), steps)


def per_step(gain: Array, steps: Array) -> Array:
    """NaN where there is no step."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(steps > 0, gain / steps, np.nan)


def _row(row: Row | None) -> Array:
    return np.array(() if row is None else row, float)


def _steps(kept: Reasoned) -> Array:
    return np.array(kept.steps, float)


def _information(kept: Reasoned) -> Array:
    """Nats per answer token by which the reasoning made the right answer likelier."""
    return _row(kept.nats_at_once) - _row(kept.nats_whole)


def _gap(kept: Reasoned, arm: Arm) -> Array:
    """Score after the whole reasoning less that after something else."""
    return _row(kept.score["whole"]) - _row(kept.score[arm])


VALUES: Mapping[Name, Callable[[Reasoned], Array]] = {
    "steps": _steps,
    "information_gain": _information,
    "information_per_step": lambda kept: per_step(_information(kept), _steps(kept)),
    "information_published": lambda kept: published(_row(kept.nats_at_once), _row(kept.nats_whole), _steps(kept)),
    "reasoning_gain": lambda kept: _gap(kept, "at_once"),
    # Where there is no step to leave out it is always the same.
    "same_at_once": lambda kept: np.where(_steps(kept) > 0, _row(kept.same["at_once"]), np.nan),
    "early_answering": lambda kept: _row(kept.early),
    "filler_gap": lambda kept: _gap(kept, "filler"),
    "mistakes_changed": lambda kept: 1 - _row(kept.same["mistaken"]),
    "mistakes_followed": lambda kept: _row(kept.same["resumed"]) - _row(kept.same["mistaken"]),
}
"""Measure → its value by item, NaN where that item could not be asked. KeyError where no answer was forced, () where
nobody read the reasoning."""


def _score(row: Output, mark: Marked) -> float | None:
    return None if row.text is None else mark.score


def _same(row: Output, mark: Marked, whole: Marked) -> float | None:
    """Both right, or the same text was found in both, or nothing in both."""
    if row.text is None:
        return None
    both = mark.score == whole.score == 1
    return float(both or _plain(mark.parsed) == _plain(whole.parsed))


def _plain(parsed: str | None) -> str | None:
    return None if parsed is None else "".join(parsed.split()).replace(",", "").rstrip(".").casefold()


def _column(same: Mapping[Arm, Row], at: int) -> dict[Arm, float | None]:
    return {arm: row[at] for arm, row in same.items()}


def _read(outputs: Sequence[Output], arm: Arm) -> Row | None:
    """Nats per token of the reference."""
    rows = [row for row in outputs if row.arm == arm]
    return tuple(None if row.nll is None else row.nll / max(1, row.count) for row in rows) or None
