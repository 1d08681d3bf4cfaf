"""Claims 2 and 3: what a stage does to the worth of reasoning, from what `inquiries: [reasoning]` recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.claims.changes import careful_p, on, score
from benchmarks.claims.model import UNTESTED, Claim, Comparison, Sign, compared, corrected, judged, told, untested
from benchmarks.claims.probes import Probe, depth, probes
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reasoned import FAITHFUL, NOT_ASKED, reasoning
from experiments.analysis.scores import RunScores
from experiments.measures import reasoning as measure
from experiments.measures.spec import Name
from experiments.nodes.inquired import Reasoned, Row
from scheduler.measurements import Array
from scheduler.statistics.power import FEWEST

Of = Callable[[Reasoned], Array]
_DOWN: Sign = -1
WORTH: tuple[Name, ...] = ("information_gain", "information_per_step", "reasoning_gain")
"""What reasoning is worth: to the base model as a reader, and to the answer that is given after it."""


def reasoning_gain(runs: Sequence[RunScores]) -> Claim:
    """A stage by SFT that surely raised its own domain's score and surely lowered what reasoning is worth there."""
    name = "SFT gains accuracy and loses reasoning gain"
    each = [(scores, probe) for scores in runs for probe in probes(scores) if probe.method == "sft"]
    blocks = [[_gain(scores, probe), *(_change(scores, probe, worth) for worth in WORTH)] for scores, probe in each]
    rows = corrected([row for block in blocks for row in block])
    size = 1 + len(WORTH)
    cut = [rows[at : at + size] for at in range(0, len(rows), size)]
    gained = [block for block in cut if block[0].finding == "as expected"]
    half = f"{len(gained)} of {len(cut)} stages by SFT surely raised their own domain's score" if cut else ""
    worth = [row for block in cut for row in block[1:]]
    if all(row.finding in UNTESTED for row in worth):
        return untested(name, "; ".join(filter(None, (_why(worth) or "no stage is by SFT", half))), rows)
    lost = [row for block in gained for row in block[1:] if row.finding == "as expected"]
    contrary = [row for row in worth if row.finding == "contrary"]
    which = "; ".join(map(told, lost or contrary or [row for row in worth if row.change.ends]))
    counts = f"{len(lost)} measures of reasoning surely fell there, {len(contrary)} surely rose in any stage"
    why = f"{half}; {counts}: {which}"
    return Claim(name, "shown" if lost and not contrary else "not shown", why, rows)


def performative(runs: Sequence[RunScores]) -> Claim:
    """Answers that rest on their reasoning less than the base model's do, where reasoning surely gains in both."""
    found = [_change(scores, probe, test) for scores in runs for probe in probes(scores) for test in FAITHFUL]
    return judged("reasoning becomes performative", found, "any", "on the domain that was trained")


def _why(rows: Sequence[Comparison]) -> str:
    return "; ".join(
        dict.fromkeys(row.change.missing or f"{row.change.n} of the {FEWEST} seeds that a claim takes" for row in rows)
    )


def _gain(scores: RunScores, probe: Probe) -> Comparison:
    return score(scores, probe.arm, probe.domain, 1, f"{_named(scores, probe)}: score")


def _change(scores: RunScores, probe: Probe, name: Name) -> Comparison:
    """Below 0 as claimed. What the report does not say of both models, because reasoning gains nothing, say, is
    missing here for the same reason."""
    what, down = f"{_named(scores, probe)}: {name.replace('_', ' ')}", _DOWN
    both = on(scores, probe.arm, probe.domain)
    reading = reasoning(both).readings[name]
    if reading.change.status == "skipped":
        return compared(what, down, reading.change.reason or NOT_ASKED)
    change = _by_item(both, OF[name])
    if not change.size:
        return compared(what, down, reading.change.reason or "no item has a value at both moments in every seed")
    return compared(what, down, change, careful_p(change) if name not in WORTH[:2] else None)


def _by_item(both: PairedAnswers, of: Of) -> Array:
    """After − before, (seeds, items) over items with a value at both moments in every seed."""
    before, after = (np.stack([of(one.reasoned) for one in side if one.reasoned]) for side in (both.before, both.after))
    kept = np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0)
    return np.asarray((after - before)[:, kept], dtype=np.float64)


def _information(one: Reasoned) -> Array:
    return measure.information(_row(one.nats_at_once), _row(one.nats_whole))


OF: dict[Name, Of] = {
    "information_gain": _information,
    "information_per_step": lambda one: measure.per_step(_information(one), np.array(one.steps, float)),
    "reasoning_gain": lambda one: _row(one.score["whole"]) - _row(one.score["at_once"]),
    "early_answering": lambda one: _row(one.early),
    "filler_gap": lambda one: _row(one.score["whole"]) - _row(one.score["filler"]),
    "mistakes_changed": lambda one: 1 - _row(one.same["mistaken"]),
    "mistakes_followed": lambda one: _row(one.same["resumed"]) - _row(one.same["mistaken"]),
}
"""Measure → its value by item, NaN where it could not be asked."""


def _row(row: Row | None) -> Array:
    return np.array([np.nan if value is None else value for value in row or ()], float)


def _named(scores: RunScores, probe: Probe) -> str:
    """Trained how, measured on its own domain."""
    return f"{probe.arm} ({probe.method}, {depth(scores.inputs.curriculum)[1]}) on {probe.domain}"
