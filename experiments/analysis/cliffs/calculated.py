"""What a calculator that is called while answering is worth: the same answers without and with it, as readings."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.family import Family
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import Answers
from experiments.analysis.cliffs.reading import GAP, SHARE, Both, Ends, bounded, careful, skipped
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.value import Value
from scheduler.measurements import Array

NOT_ASKED = "not asked: it takes `evaluation.inquiries: [calculator]` and the domain's `calculator`"
NOT_SOLVABLE = "of no item a right answer is known that calls the calculator and fits into `max_tokens`"
NO_CALLS = "no answer called the calculator"
MEASURES = {
    "calculator_solvable": MeasureSpec(
        "solvable with a calculator", "share of items", "a right answer that calls it fits", "profile", "logits", "B"
    ),
    "calculator_without": MeasureSpec(
        "score of these without it", "score", "of solvable items, the answers as they were", "up", "logits", "B"
    ),
    "calculator_score": MeasureSpec(
        "score with it", "score", "the same with a calculator, after arXiv 2507.17699", "up", "logits", "B"
    ),
    "calculator_gain": MeasureSpec(
        "gain by the calculator", "score", "with − without, item by item", "profile", "logits", "B", less=True
    ),
    "calculator_called": MeasureSpec(
        "calculator called", "share of answers", "the calculator was called", "profile", "logits", "B"
    ),
    "calculator_in_vain": MeasureSpec(
        "calls in vain", "share of an answer's calls", "nothing could be worked out", "down", "logits", "B"
    ),
}


def calculator(pair: Answers) -> dict[Name, Reading]:
    """Whatever was asked, over the items that are solvable; the reason where it was not."""
    asked = pair.items("solvable")
    if asked is None:
        return {name: skipped(NOT_ASKED) for name in MEASURES}
    solvable = bounded(asked, SHARE, NOT_ASKED)
    found = on_solvable(pair)
    if found is None:
        return {name: skipped(NOT_SOLVABLE) for name in MEASURES} | {"calculator_solvable": solvable}
    without, score, calls, vain = found
    called = [(each > 0).astype(float) for each in calls]
    readings: dict[Name, Reading] = {
        "calculator_solvable": solvable,
        "calculator_without": bounded(without, SHARE, NOT_SOLVABLE),
        "calculator_called": bounded((called[0], called[1]), SHARE, NOT_SOLVABLE),
    }
    if not calls[0].any() and not calls[1].any():
        return {name: skipped(NO_CALLS) for name in MEASURES} | readings
    gain = score[0] - without[0], score[1] - without[1]
    return readings | {
        "calculator_score": bounded(score, SHARE, NOT_SOLVABLE),
        "calculator_gain": bounded(gain, GAP, NOT_SOLVABLE),
        "calculator_in_vain": _in_vain(calls, vain),
    }


def helped(pair: Answers) -> tuple[Value, Value]:
    """(change of the score with the calculator, change of the gain by it), over the items that are solvable."""
    found = on_solvable(pair)
    if found is None:
        none = Value.skipped(NOT_ASKED if pair.items("solvable") is None else NOT_SOLVABLE)
        return none, none
    without, score, calls, _ = found
    if not calls[0].any() and not calls[1].any():
        return Value.skipped(NO_CALLS), Value.skipped(NO_CALLS)
    change = score[1] - score[0]
    return _value(change, GAP), _value(change - (without[1] - without[0]), (-2.0, 2.0))


def on_solvable(pair: Answers) -> tuple[Both, Both, Both, Both] | None:
    """Scores without and with it, calls and those in vain, each (before, after) of (seeds, solvable items); None where
    it was not asked, or no item is solvable in all that is compared."""
    asked = pair.items("solvable")
    if asked is None:
        return None
    kept = (asked[0] == 1).all(axis=0) & (asked[1] == 1).all(axis=0)
    each = [pair.items(field) for field in ("without", "score", "calls", "vain")]
    there = [(one[0][:, kept], one[1][:, kept]) for one in each if one is not None]
    return (there[0], there[1], there[2], there[3]) if kept.any() and len(there) == len(each) else None


def _in_vain(calls: Both, vain: Both) -> Reading:
    """Of each item's calls; items without one at either moment in any seed are left out."""
    shares = [np.where(made > 0, lost / np.maximum(made, 1), np.nan) for made, lost in zip(calls, vain, strict=True)]
    missing = "no item has an answer that called the calculator, in all that is compared"
    return bounded((shares[0], shares[1]), SHARE, missing)


def _value(block: Array, ends: Ends) -> Value:
    return Value.of(careful(block, ends), block.shape[1])


FAMILY = Family(MEASURES, lambda sides: calculator(sides.pair), asked="calculator_solvable")
