"""From what given models said to profiles and differences.

There is one of each model, so that items are the only noise: three seeds, which the cliff report asks for before it
claims anything of a recipe, are not asked for here, and nothing is claimed of a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from domains.example import Example
from experiments.analysis.checkup.model import Difference, DomainCheckup, Flip, Profile
from experiments.analysis.cliffs.beside import CHANGES, Beside
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.curves import early, reliability
from experiments.analysis.cliffs.entropy import collapsed
from experiments.analysis.cliffs.family import Among, Sides
from experiments.analysis.cliffs.judging import judged
from experiments.analysis.cliffs.model import Contrast, Reading
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import A_CHANGE, GAP, SHARE, careful
from experiments.analysis.cliffs.readings import Read, read
from experiments.analysis.cliffs.reasoned import reasoning
from experiments.analysis.cliffs.table import MEASURES
from experiments.analysis.comparing.apart import apart
from experiments.measures.pairing import paired_p
from experiments.measures.regressions import right_or_wrong, solved
from experiments.measures.spec import Name
from experiments.measures.value import LEAST_ITEMS, Status, Value
from experiments.nodes.examined import Access
from experiments.nodes.record import DomainScore
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm
from scheduler.statistics.unseen import alike

SHOWN = 5
"""Lost items that are shown of a domain."""
UNASKED = (
    "an endpoint neither says how likely it finds a text nor goes on from a begun one, so that no calculator can write "
    "into it (access `prompt`, this takes `logits`)"
)


def profile(
    score: DomainScore, access: Access | None, base: DomainScore | None = None, among: Among | None = None
) -> Profile:
    """One model on one domain; `base`: whose solved items count as solved, by default its own; `among`: of how many
    models and domains the same could be said."""
    sides = _sides(score, score)
    found = read(sides, among)
    by_base = found.by_base if base is None else reasoning(_pair(base, score)).by_base
    own = {name: reading for name, reading in found.readings.items() if not MEASURES[name].pairs}
    readings = _of_items(access, own)
    marks = np.asarray([score.items])
    mean = careful(marks, SHARE, right_or_wrong=_right_or_wrong(score) or alike(marks))
    return Profile(
        score=of_items(Value.of(mean, len(score.items))),
        readings=readings,
        ece_null=found.ece_null,
        smooth_ece_null=found.smooth_ece_null,
        by_base={stratum: _of_items(access, each) for stratum, each in by_base.items()},
        faith=found.faith,
        reliability=reliability(sides, 1),
        early=early(sides, 1),
    )


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
    among = Among.of([_sides(score, score) for each in (before, after or {}) for score in each.values()])
    both = Among.of([_sides(before[name], after[name]) for name in changes]) if after else Among()
    found = {}
    for name, first in before.items():
        scores = (first,) if after is None else (first, after[name])
        difference = None
        if after is not None:
            ps = (p_values.get(name), sure.get(name))
            verdict = _judged(first, after[name], changes[name], ps, len(p_values), same=same)
            least: Access | None = "prompt" if "prompt" in access else "logits"
            lost = tuple((said or {}).get(name, ()))
            difference = _difference(first, after[name], least, verdict, lost, both.entropies)
        found[name] = DomainCheckup(
            items=len(first.items),
            profiles=tuple(profile(score, one, first, among) for score, one in zip(scores, access, strict=True)),
            difference=difference,
        )
    return found


def lost_items(
    items: Sequence[Example], scores: Sequence[DomainScore], answers: Sequence[Sequence[str]]
) -> tuple[Flip, ...]:
    """The first items that the first model solved and the second does not; none where answers are graded."""
    marks = [_marks(score) for score in scores]
    if not right_or_wrong(*marks):
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
    status: Status = "underpowered" if few else "ok"
    return value.model_copy(update={"status": status, "reason": few})


def _of_items(access: Access | None, readings: Mapping[Name, Reading]) -> dict[Name, Value]:
    return {name: _within(access, name, of_items(reading.value)) for name, reading in readings.items()}


def _judged(
    before: DomainScore,
    after: DomainScore,
    change: Array,
    ps: tuple[float | None, float | None],
    tested: int,
    *,
    same: bool,
) -> Contrast:
    """The cliff report's verdict, by this test: its p, alone and corrected for so many domains."""
    p, p_adjusted = ps
    found = contrast(change, _pair(before, after), p_adjusted)
    values: dict[str, Any] = {name: of_items(getattr(found, name)) for name in CHANGES}
    few = not change.any() or (_right_or_wrong(before) and _right_or_wrong(after))
    whole = careful(change, GAP, right_or_wrong=few and not same)
    verdict, reason = judged(whole, p_adjusted, Beside(**values))
    update: dict[str, object] = {
        "change": whole,
        "p": p,
        **values,
        "verdict": verdict,
        "reason": reason,
        "apart": apart(whole, p, p_adjusted, tested),
    }
    if p is None:
        update["reason"] = f"{change.shape[1]} of the {LEAST_ITEMS} items that a claim takes."
    return found.model_copy(update=update)


def _difference(
    before: DomainScore,
    after: DomainScore,
    access: Access | None,
    verdict: Contrast,
    lost: tuple[Flip, ...],
    among: int,
) -> Difference:
    """`among`: of how many domains it could be said that entropy collapsed."""
    found = _read(before, after)
    readings = {
        # Of what became of the first model's items the value is the change.
        name: of_items(reading.value if reading.change == Value.skipped(A_CHANGE) else reading.change)
        for name, reading in found.readings.items()
    }
    readings = {name: _within(access, name, value) for name, value in readings.items()}
    return Difference(
        score=verdict,
        readings=readings,
        flips=found.flips,
        collapsed=collapsed(_entropies(before, after), among),
        lost=lost,
    )


def _within(access: Access | None, name: Name, value: Value) -> Value:
    """Why an endpoint lacks it, rather than that nobody asked."""
    unasked = access == "prompt" and MEASURES[name].access != "prompt" and value.status == "skipped"
    return Value.skipped(UNASKED) if unasked else value


def _read(before: DomainScore, after: DomainScore, among: Among | None = None) -> Read:
    return read(_sides(before, after), among)


def _sides(before: DomainScore, after: DomainScore) -> Sides:
    return Sides(_pair(before, after), _entropies(before, after))


def _entropies(before: DomainScore, after: DomainScore) -> tuple[Array, Array] | None:
    if before.entropy and after.entropy and len(before.entropy) == len(after.entropy):
        return np.asarray([before.entropy]), np.asarray([after.entropy])
    return None


def _pair(before: DomainScore, after: DomainScore) -> PairedAnswers:
    first, second = before.details, after.details
    return PairedAnswers((first,), (second,)) if first is not None and second is not None else PairedAnswers((), ())


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
    return right_or_wrong(_marks(score))
