"""The ten claims in the seed's order, each with the comparisons that a run's records allow."""

from __future__ import annotations

from benchmarks.claims.changes import calibrated, entropy, on, reference, score
from benchmarks.claims.depths import deeper
from benchmarks.claims.model import UNTESTED, Claim, Comparison, corrected, judged, told, untested
from benchmarks.claims.probes import probes
from benchmarks.claims.reasons import performative, reasoning_gain
from benchmarks.claims.tools import dissolving
from benchmarks.claims.ways import NO_WAY, sweet_spots, under
from curricula.stage import Stage
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.moments import Moment, changes
from experiments.analysis.scores import BASE, RunScores
from experiments.nodes.health import NO_ROLLOUT_GROUPS, RolloutGroups

ARTEFACTS = frozenset({"format_artifact", "metric_artifact", "execution_artifact"})
"""Verdicts of the cliff report by which a sure fall is no loss of ability."""
HOPELESS = 0.5
"""Share of groups without a right answer from which on a stage's prompts are called over-hard."""


def claims(scores: RunScores, deep: RunScores | None = None) -> tuple[Claim, ...]:
    """All ten. `deep`: the same curriculum with more of the model trained; claims 2, 3, 7, 8 and 9 read it too."""
    runs = (scores,) if deep is None else (scores, deep)
    return (
        calibration(scores),
        reasoning_gain(runs),
        performative(runs),
        over_hard(scores),
        entropies(scores),
        artefacts(scores),
        dissolving(runs),
        deeper(scores, deep),
        sweet_spots(runs),
        specialised(scores),
    )


def calibration(scores: RunScores) -> Claim:
    """Off the domain that was trained, where answers are right or wrong."""
    off = [(probe, name) for probe in probes(scores) for name in _structured(scores) if name != probe.domain]
    found = [one for probe, name in off for one in calibrated(scores, probe.arm, name)]
    return judged("specialisation loses calibration", found, "any", "on domains that were not trained")


def over_hard(scores: RunScores) -> Claim:
    """Stages by GRPO whose groups were mostly hopeless, on all other domains, against the model they started from."""
    name = "over-hard RL samples contaminate"
    groups = {stage: _groups(scores, *stage) for stage in _reinforced(scores)}
    hard = [stage for stage, one in groups.items() if one.wrong > HOPELESS * one.count]
    found = [
        score(scores, arm, other, -1, f"{_named(scores, arm, depth)} on {other}: score", (depth - 1, depth))
        for arm, depth in hard
        for other in scores.domains
        if other not in _stage(scores, arm, depth).mixture
    ]
    shares = ", ".join(f"{_named(scores, *at)} {one.wrong} of {one.count}" for at, one in groups.items() if one.count)
    note = f"groups all of whose answers were wrong: {shares}" if shares else "no stage by GRPO has finished"
    if not hard:
        return untested(name, f"no stage had mostly hopeless prompts; {note}")
    return judged(name, found, "any", f"{note}; that easier prompts do less harm takes an arm trained with them")


def _reinforced(scores: RunScores) -> list[tuple[str, int]]:
    """(arm, number of the stage) of all stages by GRPO on one domain; an arm's first stage is a probe's."""
    return [
        (arm.name, depth)
        for arm in scores.inputs.schedules
        for depth, stage in enumerate(arm.stages, 1)
        if stage.training.method == "grpo" and len(stage.mixture) == 1 and (depth > 1 or arm.role == "probe")
    ]


def _groups(scores: RunScores, arm: str, depth: int) -> RolloutGroups:
    """Of all seeds."""
    records = [scores.record(arm, seed, depth) for seed in scores.inputs.curriculum.seeds]
    return sum((one.health.whole for one in records if one and one.health), NO_ROLLOUT_GROUPS)


def _stage(scores: RunScores, arm: str, depth: int) -> Stage:
    return next(one.stages[depth - 1] for one in scores.inputs.schedules if one.name == arm)


def _named(scores: RunScores, arm: str, depth: int) -> str:
    """The probe's name, or the stage's in its arm."""
    return arm if depth == 1 else f"{arm}, stage {depth} ({_stage(scores, arm, depth).label})"


def entropies(scores: RunScores) -> Claim:
    """Every domain's own stage on its own samples; what it did to the others' is shown by the report."""
    kinds = {name: spec.kind for name, spec in scores.inputs.curriculum.domains.items()}
    found = [
        entropy(
            scores,
            probe.arm,
            probe.domain,
            1 if kinds[probe.domain] == "creative" else -1,
            f"{probe.arm} on {probe.domain} ({kinds[probe.domain]}): entropy",
        )
        for probe in probes(scores)
    ]
    return judged("structured domains lower and creative ones raise entropy", found, "all")


def artefacts(scores: RunScores) -> Claim:
    """Sure falls of a score that form or metric explains, or beside which references became likelier."""
    name = "some cliffs are artefacts of metrics"
    done = [arm.name for arm in scores.inputs.schedules if scores.by_seed(arm.name)]
    cells = [(arm, domain) for arm in done for domain in scores.domains]
    falls = [score(scores, arm, domain, -1, f"{arm} on {domain}: score") for arm, domain in cells]
    smooth = [
        reference(scores, arm, domain, f"{arm} on {domain}: bits per byte of references") for arm, domain in cells
    ]
    rows = corrected([*falls, *smooth])
    if all(row.finding in UNTESTED for row in rows):
        return judged(name, rows, "any")
    fell = [at for at, row in enumerate(rows[: len(cells)]) if row.finding == "as expected"]
    if not fell:
        return untested(name, "no score surely fell, so there is no cliff to explain", rows)
    verdicts = {at: _verdict(scores, *cells[at], rows[at]) for at in fell}
    found = [at for at in fell if verdicts[at] in ARTEFACTS or _likelier(rows[len(cells) + at])]
    which = ", ".join(f"{told(rows[at])}, {verdicts[at].replace('_', ' ')}" for at in found or fell)
    why = f"{len(found)} of {len(fell)} sure falls {'is' if len(found) == 1 else 'are'} of form or metric alone"
    return Claim(name, "shown" if found else "not shown", f"{why}: {which}", rows)


def specialised(scores: RunScores) -> Claim:
    """Over: a stage that surely raised its own score and surely lowered another's. Under: one that was measured on its
    way, and surely had gained less than 0.9 of its best gain at its first point."""
    name = "over- and under-specialisation"
    each = probes(scores)
    cells = [(probe, domain) for probe in each for domain in scores.domains]
    found = [
        score(scores, probe.arm, domain, 1 if domain == probe.domain else -1, f"{probe.arm} on {domain}: score")
        for probe, domain in cells
    ]
    rows = corrected([*found, *under(scores)])
    early = rows[len(found) :]
    below = [row for row in early if row.finding == "as expected"]
    half = (
        f"under-specialisation: {len(below)} of {len(early)} stages surely, at their first point"
        if early
        else f"under-specialisation: {NO_WAY}"
    )
    half += f": {', '.join(map(told, early))}" if early else ""
    if all(row.finding in UNTESTED for row in rows):
        return judged(name, rows, "any", half)
    sure = {cell: row for cell, row in zip(cells, rows, strict=False) if row.finding == "as expected"}
    gained = [probe for probe in each if (probe, probe.domain) in sure]
    lost = {probe: [sure[probe, other] for other in scores.domains if (probe, other) in sure] for probe in gained}
    over = [one for probe in gained if len(lost[probe]) > 1 for one in lost[probe]]
    many = sum(len(both) > 1 for both in lost.values())
    why = f"{many} of {len(gained)} stages that surely raised their own domain surely lowered another"
    why += f": {', '.join(map(told, over))}; {half}" if over else f"; {half}"
    return Claim(name, "shown" if over else "not shown", why, rows)


def _verdict(scores: RunScores, arm: str, domain: str, fall: Comparison) -> str:
    """The cliff report's, of a fall from the base model to the arm's end."""
    depth = next(len(one.stages) for one in scores.inputs.schedules if one.name == arm)
    change = changes(scores, domain, Moment(arm, depth), Moment(BASE, 0))
    return contrast(change, on(scores, arm, domain), fall.p_adjusted).verdict


def _likelier(references: Comparison) -> bool:
    """Whether the references surely became likelier, while the score fell."""
    return references.finding == "contrary"


def _structured(scores: RunScores) -> tuple[str, ...]:
    return tuple(name for name, spec in scores.inputs.curriculum.domains.items() if spec.kind == "structured")
