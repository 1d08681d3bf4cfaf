"""From what given models said to profiles and differences.

There is one of each model, so that items are the only noise: three seeds, which the cliff report asks for before it
claims anything of a recipe, are not asked for here, and nothing is claimed of a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from domains.example import Example
from domains.interval import Interval
from experiments.analysis.checkup.model import Difference, DomainCheckup, Flip, Profile
from experiments.analysis.cliffs.beside import Beside
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.judging import judged
from experiments.analysis.cliffs.model import Contrast
from experiments.analysis.cliffs.moments import Pair
from experiments.analysis.cliffs.readings import Read, read
from experiments.measures.narrowing import collapsed
from experiments.measures.pairing import paired_p
from experiments.measures.regressions import solved
from experiments.measures.table import MEASURES, Name
from experiments.measures.value import LEAST_ITEMS, Value
from experiments.nodes.examined import Access
from experiments.nodes.record import DomainScore
from scheduler.measurements import Array
from scheduler.statistics import holm, interval

SHOWN = 5
"""Lost items that are shown of a domain."""
OF_A_CHANGE: frozenset[Name] = frozenset(
    {"confidently_wrong_base80", "regressed", "recovered", "quality_control", "narrowing"}
)
"""Measures that take two models."""
BESIDE = ("among_found", "not_found", "executed", "slipped", "likelihood")
"""Values of a contrast that may explain it."""
UNASKED = "an endpoint does not say how likely it finds a text (access `prompt`, this takes `logits`)"


def profile(score: DomainScore, access: Access | None) -> Profile:
    """One model on one domain."""
    found = _read(score, score)
    readings = {
        name: _within(access, name, of_items(reading.value))
        for name, reading in found.readings.items()
        if name not in OF_A_CHANGE
    }
    mean = _careful(np.asarray([score.items]), right_or_wrong=_right_or_wrong(score), ends=(0.0, 1.0))
    return Profile(score=of_items(Value.of(mean, len(score.items))), readings=readings, ece_null=found.ece_null)


def checkup(
    before: Mapping[str, DomainScore],
    after: Mapping[str, DomainScore] | None,
    access: Sequence[Access | None],
    said: Mapping[str, Sequence[Flip]] | None = None,
    *,
    same: bool = False,
) -> dict[str, DomainCheckup]:
    """Every domain, with differences where there are two models. `said`: lost items to be shown; `same`: both are one
    model, so that no difference was missed by luck."""
    changes = {name: _change(before[name], after[name]) for name in before} if after else {}
    p_values = {
        name: paired_p(change[0], _samples(before[name])) for name, change in changes.items() if _enough(change)
    }
    sure = holm(p_values)
    found = {}
    for name, first in before.items():
        scores = (first,) if after is None else (first, after[name])
        difference = None
        if after is not None:
            verdict = _judged(first, after[name], changes[name], p_values.get(name), sure.get(name), same=same)
            least: Access | None = "prompt" if "prompt" in access else "logits"
            lost = tuple((said or {}).get(name, ()))
            difference = _difference(first, after[name], least, verdict, lost)
        found[name] = DomainCheckup(
            items=len(first.items),
            profiles=tuple(profile(score, one) for score, one in zip(scores, access, strict=True)),
            difference=difference,
        )
    return found


def lost_items(
    items: Sequence[Example], scores: Sequence[DomainScore], answers: Sequence[Sequence[str]]
) -> tuple[Flip, ...]:
    """The first items that the first model solved and the second does not; none where answers are graded."""
    marks = [_marks(score) for score in scores]
    if not all(np.isin(one, (0.0, 1.0)).all() for one in marks):
        return ()
    right = [solved(one) for one in marks]
    each = [one.shape[1] for one in marks]
    return tuple(
        Flip(
            item=items[at].prompt,
            reference=items[at].reference,
            before=answers[0][at * each[0]],
            after=answers[1][at * each[1]],
        )
        for at in np.flatnonzero((right[0] == 1) & (right[1] == 0))[:SHOWN]
    )


def of_items(value: Value) -> Value:
    """The same value where seeds are not asked for: underpowered only by its items."""
    if value.status == "skipped":
        return value
    few = f"{value.items} of at least {LEAST_ITEMS} items" if value.items < LEAST_ITEMS else ""
    return Value(status="underpowered" if few else "ok", reason=few, interval=value.interval, items=value.items)


def _judged(
    before: DomainScore,
    after: DomainScore,
    change: Array,
    p: float | None,
    p_adjusted: float | None,
    *,
    same: bool,
) -> Contrast:
    """The cliff report's verdict, by this test."""
    found = contrast(change, _pair(before, after), p_adjusted)
    values: dict[str, Any] = {name: of_items(getattr(found, name)) for name in BESIDE}
    clear = _right_or_wrong(before) and _right_or_wrong(after) and not same
    whole = _careful(change, right_or_wrong=clear, ends=(-1.0, 1.0))
    verdict, reason = judged(whole, p_adjusted, Beside(**values))
    update: dict[str, object] = {
        "change": whole,
        "p": p,
        **values,
        "verdict": verdict,
        "reason": reason,
    }
    if p is None:
        update["reason"] = f"{change.shape[1]} of the {LEAST_ITEMS} items that a claim takes."
    return found.model_copy(update=update)


def _difference(
    before: DomainScore, after: DomainScore, access: Access | None, verdict: Contrast, lost: tuple[Flip, ...]
) -> Difference:
    found = _read(before, after)
    readings = {
        # Of these the value is the change: what became of the first model's items.
        name: of_items(reading.value if name in ("regressed", "recovered") else reading.change)
        for name, reading in found.readings.items()
    }
    readings = {name: _within(access, name, value) for name, value in readings.items()}
    entropy = readings["entropy"]
    high = entropy.interval.high if entropy.status == "ok" else None
    return Difference(
        score=verdict,
        readings=readings,
        flips=found.flips,
        collapsed=bool(before.entropy) and collapsed(high, float(np.mean(before.entropy or 0.0))),
        lost=lost,
    )


def _within(access: Access | None, name: Name, value: Value) -> Value:
    """Why an endpoint lacks it, rather than that nobody asked."""
    unasked = access == "prompt" and MEASURES[name].access != "prompt" and value.status == "skipped"
    return Value.skipped(UNASKED) if unasked else value


def _read(before: DomainScore, after: DomainScore) -> Read:
    entropies = None
    if before.entropy and after.entropy and len(before.entropy) == len(after.entropy):
        entropies = (np.asarray([before.entropy]), np.asarray([after.entropy]))
    return read(_pair(before, after), entropies)


def _pair(before: DomainScore, after: DomainScore) -> Pair:
    first, second = before.details, after.details
    return Pair((first,), (second,)) if first is not None and second is not None else Pair((), ())


def _change(before: DomainScore, after: DomainScore) -> Array:
    """(1, items)."""
    return np.subtract([after.items], [before.items], dtype=np.float64)


def _enough(change: Array) -> bool:
    return bool(change.shape[1] >= LEAST_ITEMS)


def _samples(score: DomainScore) -> int:
    return score.details.samples if score.details else 1


def _marks(score: DomainScore) -> Array:
    """(items, samples)."""
    marks = score.details.scores if score.details else score.items
    return np.asarray(marks, float).reshape(len(score.items), -1)


def _right_or_wrong(score: DomainScore) -> bool:
    return bool(np.isin(_marks(score), (0.0, 1.0)).all())


def _careful(block: Array, *, right_or_wrong: bool, ends: tuple[float, float]) -> Interval:
    """Mean of (1, items) with its interval, within `ends`.

    Of answers that are right or wrong two items more are counted, one 1 above the mean and one 1 below it: where all
    items are alike, their spread says nothing of those that were not drawn (after Agresti and Caffo 2000, The American
    Statistician 54(4)). So 40 of 40 is .93 to 1, much as by the rule of three.
    """
    mean = float(block.mean())
    wider = np.hstack([block, [[mean + 1, mean - 1]]]) if right_or_wrong else block
    found = interval({"": wider})
    if found.ends is None:
        return found
    return Interval.of(mean, max(ends[0], found.ends[0]), min(ends[1], found.ends[1]), found.n)
