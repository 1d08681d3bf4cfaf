"""Every measure of one cell, each with its change since the base model or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.analysis.cliffs.believed import beliefs
from experiments.analysis.cliffs.beside import reference_bits
from experiments.analysis.cliffs.calculated import calculator
from experiments.analysis.cliffs.calibrated import Forecast, calibration, forecast
from experiments.analysis.cliffs.formats import formats
from experiments.analysis.cliffs.model import Faith, Flipped, Reading, Stratum
from experiments.analysis.cliffs.moments import OfItems, PairedAnswers
from experiments.analysis.cliffs.reading import additive, skipped
from experiments.analysis.cliffs.reasoned import reasoning
from experiments.measures.narrowing import collapsed, split
from experiments.measures.regressions import flips, solved
from experiments.measures.table import Name
from experiments.measures.value import Value
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval

NOT_KEPT = "answers were not kept one by one"
ONE_EACH = "there is one answer an item"
NOT_RIGHT_OR_WRONG = "scores are not 0 or 1"
A_CHANGE = "it is a change itself"


@dataclass(frozen=True)
class Read:
    """All readings of one cell."""

    readings: dict[Name, Reading]
    flips: Flipped | None
    ece_null: tuple[float, float] | None
    smooth_ece_null: tuple[float, float] | None
    by_base: dict[Stratum, dict[Name, Reading]]
    faith: Faith | None
    collapsed: bool


def read(pair: PairedAnswers, entropies: tuple[Array, Array] | None) -> Read:
    """`pair`: the base model before, the stage after; `entropies` of their own samples, each (seeds, items)."""
    found, reasoned = forecast(pair), reasoning(pair)
    entropy = additive(entropies, "own samples were not asked for")
    high = entropy.change.interval.high if entropy.change.status == "ok" else None
    several = ONE_EACH if pair.after and pair.after[0].samples == 1 else NOT_KEPT
    readings: dict[Name, Reading] = {
        "nll_reference": additive(reference_bits(pair), "the likelihood of references was not kept"),
        **calibration(found),
        **_regressions(pair),
        "entropy": entropy,
        "distinct2": _of_items(pair, "distinct", NOT_KEPT),
        "compression": _of_items(pair, "compression", NOT_KEPT),
        "distance": _of_items(pair, "distance", several),
        **_narrowing(pair, several),
        "not_found": _shares(pair, "found"),
        "truncated": _shares(pair, "cut"),
        **formats(pair),
        **reasoned.readings,
        **beliefs(pair),
        **calculator(pair),
    }
    return Read(
        readings=readings,
        flips=_flips(pair),
        ece_null=found.null if isinstance(found, Forecast) else None,
        smooth_ece_null=found.smooth_null if isinstance(found, Forecast) else None,
        by_base=reasoned.by_base,
        faith=reasoned.faith,
        collapsed=entropies is not None and collapsed(high, float(entropies[0].mean())),
    )


def _shares(pair: PairedAnswers, field: str) -> Reading:
    """Share of answers that are not found, or are cut."""
    answers = pair.answers("found") if field == "found" else pair.answers("cut")
    if answers is None:
        return skipped(NOT_KEPT)
    shares = [1 - each.mean(axis=-1) if field == "found" else each.mean(axis=-1) for each in answers]
    return additive((shares[0], shares[1]), NOT_KEPT)


def _of_items(pair: PairedAnswers, field: OfItems, missing: str) -> Reading:
    """One value an item; items without one at either moment in any seed are left out."""
    both = pair.items(field)
    if both is None:
        return skipped(missing)
    kept = np.isfinite(both[0]).all(axis=0) & np.isfinite(both[1]).all(axis=0)
    if not kept.any():
        return skipped("no item has a value at both moments in every seed")
    return additive((both[0][:, kept], both[1][:, kept]), missing)


def _narrowing(pair: PairedAnswers, missing: str) -> dict[Name, Reading]:
    """The change of distance, split; each part is a change and has no value of its own."""
    whole, formed = pair.items("distance"), pair.items("distance_formed")
    if whole is None or formed is None:
        return {"quality_control": skipped(missing), "narrowing": skipped(missing)}
    parts = split(*whole, *formed)
    if not parts.whole.size:
        none = skipped("no item has two answers that were found, at both moments in every seed")
        return {"quality_control": none, "narrowing": none}
    return {"quality_control": _only_change(parts.quality_control), "narrowing": _only_change(parts.narrowing)}


def _only_change(change: Array) -> Reading:
    return Reading(value=Value.skipped(A_CHANGE), change=Value.of(interval({"": change}), change.shape[1]))


def _solved(pair: PairedAnswers) -> tuple[Array, Array] | str:
    """Items solved before and after, each (seeds, items), or why that cannot be said."""
    marks = pair.answers("scores")
    if marks is None:
        return NOT_KEPT
    if not all(np.isin(each, (0.0, 1.0)).all() for each in marks):
        return NOT_RIGHT_OR_WRONG
    return solved(marks[0]), solved(marks[1])


def _flips(pair: PairedAnswers) -> Flipped | None:
    both = _solved(pair)
    if isinstance(both, str):
        return None
    found = flips(*both)
    return Flipped(solved=found.solved, regressed=found.regressed, recovered=found.recovered, net=found.net, p=found.p)


def _regressions(pair: PairedAnswers) -> dict[Name, Reading]:
    """Shares conditional on what the base solved, which is the same for all seeds."""
    both = _solved(pair)
    if isinstance(both, str):
        return {"regressed": skipped(both), "recovered": skipped(both)}
    before, after = both
    always, never = before.min(axis=0) == 1, before.max(axis=0) == 0
    return {
        "regressed": _share_of(1 - after[:, always], "the base solved no item"),
        "recovered": _share_of(after[:, never], "the base solved every item"),
    }


def _share_of(flipped: Array, missing: str) -> Reading:
    if not flipped.size:
        return skipped(missing)
    return Reading(value=Value.of(interval({"": flipped}), flipped.shape[1]), change=Value.skipped(A_CHANGE))
