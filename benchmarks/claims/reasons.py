"""Claims 2 and 3: what a stage does to the worth of reasoning, from what `inquiries: [reasoning]` recorded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.claims.changes import careful_p, on, score
from benchmarks.claims.model import UNTESTED, Claim, Comparison, Sign, compared, corrected, judged, told, untested
from benchmarks.claims.probes import Probe, depth, probes
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import valued
from experiments.analysis.cliffs.reasoned import FAITHFUL, NOT_ASKED, reasoning
from experiments.analysis.scores import RunScores
from experiments.measures.reasoning import VALUES
from experiments.measures.spec import Name
from scheduler.measurements import Array
from scheduler.statistics.power import FEWEST

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
    change = _by_item(both, name)
    if not change.size:
        return compared(what, down, reading.change.reason or "no item has a value at both moments in every seed")
    return compared(what, down, change, careful_p(change) if name not in WORTH[:2] else None)


def _by_item(both: PairedAnswers, name: Name) -> Array:
    """After − before, (seeds, items) over items with a value at both moments in every seed."""
    value, both_sides = VALUES[name], (both.before, both.after)
    before, after = (np.stack([value(one.reasoned) for one in side if one.reasoned]) for side in both_sides)
    return np.asarray((after - before)[:, valued((before, after))], dtype=np.float64)


def _named(scores: RunScores, probe: Probe) -> str:
    """Trained how, measured on its own domain."""
    return f"{probe.arm} ({probe.method}, {depth(scores.inputs.curriculum)[1]}) on {probe.domain}"
