"""What stands beside a change of score and may explain it: the answers' form and sums, a calculator, the references'
likelihood."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import log

import numpy as np

from experiments.analysis.cliffs.calculated import NOT_ASKED, helped
from experiments.analysis.cliffs.model import Steepness
from experiments.analysis.cliffs.moments import NOT_KEPT, Answers
from experiments.analysis.cliffs.reading import rested
from experiments.measures.value import Value
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval

LEAST_FOUND = 20
"""Answers found, of all seeds, below which nothing is said of those that were."""
UNMARKED = Value.skipped("no sum in the answers is wrong")
UNAIDED = Value.skipped(NOT_ASKED)
NO_LIKELIHOOD = "the likelihood of references was not kept"
UNREAD = Value.skipped(NO_LIKELIHOOD)


@dataclass(frozen=True)
class Beside:
    """Changes, after − before. See `Contrast`, whose fields these are."""

    among_found: Value
    not_found: Value
    executed: Value = UNMARKED
    slipped: Value = UNMARKED
    with_calculator: Value = UNAIDED
    dissolved: Value = UNAIDED
    likelihood: Value = UNREAD
    steepness: Steepness | None = None


CHANGES = tuple(one.name for one in fields(Beside) if one.name != "steepness")
"""Fields of `Beside` that are changes of a value."""


def beside(pair: Answers, steepness: Steepness | None = None) -> Beside:
    """All that the kept answers tell."""
    executed, slipped = _sums(pair)
    aided, dissolved = helped(pair)
    both = reference_bits(pair)
    likelihood = UNREAD
    if both is not None:
        likelihood = rested(interval({"": both[1] - both[0]}), both[1].shape[1])
    return Beside(
        among_found=_among_found(pair),
        not_found=_not_found(pair),
        executed=executed,
        slipped=slipped,
        with_calculator=aided,
        dissolved=dissolved,
        likelihood=likelihood,
        steepness=steepness,
    )


def reference_bits(pair: Answers) -> tuple[Array, Array] | None:
    """Bits of each reference over the mean bytes of all, so that their mean is the bits per byte of all together:
    (before, after), each (seeds, items)."""
    nll, size = pair.items("reference_nll"), pair.items("reference_bytes")
    if nll is None or size is None:
        return None
    scaled = [nats / log(2) / bytes_.mean(axis=-1, keepdims=True) for nats, bytes_ in zip(nll, size, strict=True)]
    return scaled[0], scaled[1]


def _among_found(pair: Answers) -> Value:
    """Change of the mean score of an answer that is found.

    Of each item and seed: what it scores, less what it would if its answers scored as before and only fewer of them
    were found; over the mean share found. Items with none found before, in any seed, say nothing of that. Those with
    none found after count as they are, with nothing lost beyond form: left out, few answers an item would leave few
    items, and not the same in every seed.
    """
    marks, found = pair.answers("scores"), pair.answers("found")
    if marks is None or found is None:
        return Value.skipped(NOT_KEPT)
    if found[1].sum() < LEAST_FOUND:
        return Value.skipped(f"fewer than {LEAST_FOUND} answers were found after")
    before, after = ((score * there).mean(axis=-1) for score, there in zip(marks, found, strict=True))
    there_before, there_after = (there.mean(axis=-1) for there in found)
    kept = (there_before > 0).all(axis=0)
    share_found = float(there_after[:, kept].mean()) if kept.any() else 0.0
    if not share_found:
        return Value.skipped("no item has an answer that was found at both moments")
    rest = after[:, kept] - before[:, kept] * there_after[:, kept] / there_before[:, kept]
    return rested(interval({"": rest / share_found}), rest.shape[1])


def _not_found(pair: Answers) -> Value:
    found = pair.answers("found")
    if found is None:
        return Value.skipped(NOT_KEPT)
    lost = found[0].mean(axis=-1) - found[1].mean(axis=-1)
    return rested(interval({"": lost}), lost.shape[1])


def _sums(pair: Answers) -> tuple[Value, Value]:
    """Change of the score with all sums done right, and of what wrong sums alone cost."""
    marks, right = pair.answers("scores"), pair.answers("executed")
    if marks is None or right is None:
        return Value.skipped(NOT_KEPT), Value.skipped(NOT_KEPT)
    if all(np.array_equal(*sides) for sides in zip(marks, right, strict=True)):
        return UNMARKED, UNMARKED
    before, after = (each.mean(axis=-1) for each in right)
    costs = [(done - said).mean(axis=-1) for said, done in zip(marks, right, strict=True)]
    items = after.shape[1]
    return rested(interval({"": after - before}), items), rested(interval({"": costs[1] - costs[0]}), items)
