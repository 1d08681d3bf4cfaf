"""The plan's advice, to stage or to mix, in sentences."""

from __future__ import annotations

from experiments.analysis.report import Report
from experiments.analysis.sentences.limit_words import mixing_word
from experiments.analysis.words import share, signed, signed_span
from scheduler.composing.joint import JOINT
from scheduler.plan import Mixing, Plan

FAR = 0.05
"""p below which the joint probe contradicts what one stage a domain foretells."""
LIKELY = 0.8
"""Probability from which on the advice is called probable."""
ASK = "Without a joint probe this is a wide guess: `schedule.probing.joint: true` trains one."
GROUPED = "This takes every member of a group to do to others what the group's probe did, which nothing measured."
UNKNOWN = "Stage or mix? Cannot be said: it is not sure that anything learns here."
NAMES = {"sequential": "the order, one domain a stage,", "cumulative": "the order, cumulative,"}


def mixing_lines(plan: Plan) -> tuple[str, ...]:
    """The advice with its reason, then what it rests on; nothing where there is no choice."""
    found = plan.mixing
    if found is None:
        return ()
    lines = (_advice(found, plan), mixing_word(plan), _grounds(found), GROUPED if plan.groups else "")
    return tuple(line for line in lines if line)


def candidate_name(name: str) -> str:
    """What a person calls a candidate, as the subject of a sentence."""
    return NAMES.get(name, f"{name},")


def _advice(found: Mixing, plan: Plan) -> str:
    against = f"{signed(found.gain.estimate)} against joint training ({signed_span(found.gain)})"
    if found.advice == "either":
        return (
            f"Stage or mix? Either: {candidate_name(found.staged)} is predicted at {against}, so mix: "
            "it has no order to find."
        )
    chance = found.chance if found.gain.value > 0 else 1 - found.chance
    head = f"Stage or mix? {_how_sure(found, chance)} {found.advice} ({share(chance)})"
    if found.advice == "stage":
        return f"{head}: {candidate_name(found.staged)} is predicted at {against}{_reason(plan)}."
    return f"{head}: the best staged way, {candidate_name(found.staged)} is predicted at {against}."


def _how_sure(found: Mixing, chance: float) -> str:
    if not found.probed:
        return "A guess, rather"
    return "Surely" if found.sure else "Probably" if chance >= LIKELY else "Hard to tell, rather"


def came_true(report: Report) -> str:
    """What was measured of what the advice predicted; empty where no arm is the staged way that it speaks of."""
    found = report.plan.mixing if report.plan else None
    pairs = {(row.arm, row.baseline): row.absolute for row in report.comparisons}
    measured = pairs.get((report.main, JOINT))
    if found is None or measured is None or measured.estimate is None:
        return ""
    if found.staged != report.arms[report.main].composition:
        return ""
    return (
        f"Stage or mix? Predicted {signed(found.gain.estimate)} for staging, on validation; measured on test "
        f"{signed(measured.estimate)} ({signed_span(measured)})."
    )


def _reason(plan: Plan) -> str:
    """The pair that gains most by its order."""
    gains = [one for one in plan.precedences if one.gain.value > 0]
    if not gains:
        return ""
    best = max(gains, key=lambda one: one.gain.value)
    return f"; {best.first} before {best.second} decides most ({signed(best.gain.estimate)})"


def _grounds(found: Mixing) -> str:
    if not found.probed:
        return ASK
    if found.fit is not None and found.fit < FAR:
        return (
            f"Take it with care: the joint probe scored what no effects of single stages explain (p = {found.fit:.2g})."
        )
    return ""
