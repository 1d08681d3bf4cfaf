"""Claim 8: the same stages at two depths of access, held against each other on the domains that were not trained."""

from __future__ import annotations

import numpy as np

from benchmarks.claims.model import Claim, Comparison, Sign, compared, corrected, judged, told, untested
from benchmarks.claims.probes import Probe, depth, probes
from experiments.analysis.scores import RunScores
from scheduler.measurements import Array

NAME = "the deeper the access, the deeper the cliff"
NO_PROMPT = "access by prompts changes no weights, so that nothing off the domain can fall"


def deeper(shallow: RunScores, deep: RunScores | None) -> Claim:
    """`deep`: the same curriculum with more of the model trained."""
    if deep is None:
        return untested(NAME, "the run trains at one depth of access only; --deeper names another one's values")
    (low, first), (high, second) = (depth(one.inputs.curriculum) for one in (shallow, deep))
    if high <= low:
        return untested(NAME, f"--deeper trains {second}, which is no deeper than {first}")
    both = [(one, other) for one in probes(shallow) for other in probes(deep) if _alike(one, other)]
    off = [(one, other, name) for one, other in both for name in shallow.domains if name != one.domain]
    losses = [row for one, other, name in off for row in _losses(shallow, deep, one, other, name)]
    own = corrected([_score(shallow, deep, one, other, one.domain, 1) for one, other in both])
    gains = ", ".join(map(told, own)) or "no stage is in both"
    unequal = any(row.finding in ("as expected", "contrary") for row in own)
    matched = "their own gains surely differ, so that depth is not all that does" if unequal else "not surely unequal"
    note = f"{second} less {first}; on the domain itself {gains}: {matched}; {NO_PROMPT}"
    return judged(NAME, losses, "any", note)


def _alike(one: Probe, other: Probe) -> bool:
    return (one.domain, one.method) == (other.domain, other.method)


def _losses(shallow: RunScores, deep: RunScores, one: Probe, other: Probe, name: str) -> tuple[Comparison, Comparison]:
    what = f"{one.domain} by {one.method} on {name}: bits per byte of references"
    bits = [_bits(scores, probe, name) for scores, probe in ((shallow, one), (deep, other))]
    return _score(shallow, deep, one, other, name, -1), compared(what, 1, _paired(bits[0], bits[1]))


def _score(shallow: RunScores, deep: RunScores, one: Probe, other: Probe, name: str, expected: Sign) -> Comparison:
    found = [
        {seed: block[name] for seed, block in scores.by_seed(probe.arm).items()}
        for scores, probe in ((shallow, one), (deep, other))
    ]
    return compared(f"{one.domain} by {one.method} on {name}: score", expected, _paired(found[0], found[1]))


def _paired(first: dict[int, Array], second: dict[int, Array]) -> Array | str:
    """second − first, (seeds, items)."""
    shared = [seed for seed in first if seed in second]
    return np.stack([second[seed] - first[seed] for seed in shared]) if shared else "no seed finished both"


def _bits(scores: RunScores, probe: Probe, name: str) -> dict[int, Array]:
    """Seed → bits of each reference over the references' mean bytes; seeds without them are left out."""
    found = {}
    for seed in scores.inputs.curriculum.seeds:
        record = scores.record(probe.arm, seed)
        kept = record.scores["test"][name].details if record else None
        if kept and kept.reference_nll and kept.reference_bytes:
            found[seed] = np.array(kept.reference_nll) / np.log(2) / np.mean(kept.reference_bytes)
    return found
