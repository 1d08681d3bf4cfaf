"""The plan's advice, to stage or to mix, in sentences."""

from __future__ import annotations

from functools import partial

from experiments.analysis.report import Report
from experiments.analysis.sentences.limit_words import mixing_word
from experiments.analysis.words import number, share, signed, signed_span
from scheduler.arms import ADVISED, advised_candidate
from scheduler.composing.candidates import IN_ORDER, tailed_name
from scheduler.composing.joint import JOINT
from scheduler.plan import Candidate, Mixing, Plan, Reason

FAR = 0.05
"""p below which the joint probe contradicts what one stage a domain foretells."""
LIKELY = 0.8
"""Probability from which on the advice is called probable."""
ASK = "Without a joint probe this is a wide guess: `schedule.probing.joint: true` trains one."
GROUPED = "This takes every member of a group to do to others what the group's probe did, which nothing measured."
UNKNOWN = "Stage or mix? Cannot be said: it is not sure that anything learns here."
NAMES: dict[str, str] = {IN_ORDER: "the order, one domain a stage,", "cumulative": "the order, cumulative,"}
NOBODY = "no arm of this run, `--set baselines.advised=true` trains it"
TRAIN = "With `baselines.advised: true` a run trains it, as the arm `advised` where no other arm is it."


def mixing_lines(plan: Plan) -> tuple[str, ...]:
    """The advice with its reason, then what it rests on; nothing where there is no choice."""
    found = plan.mixing
    if found is None:
        return ()
    how = TRAIN if found.advice == "stage" and found.staged != IN_ORDER else ""
    lines = (_advice(found), how, mixing_word(plan), _grounds(found), GROUPED if plan.groups else "")
    return tuple(line for line in lines if line)


def learns(plan: Plan) -> bool:
    """Whether an own stage surely raises its own score, or all of them do on average."""
    return plan.own_gain.sign > 0 or any(gain.raised for gain in plan.own_gains)


def candidate_name(name: str) -> str:
    """What a person calls a candidate, as the subject of a sentence."""
    return NAMES.get(name, f"{name},")


def _advice(found: Mixing) -> str:
    against = f"{signed(found.gain.estimate)} against joint training ({signed_span(found.gain)})"
    if found.advice == "either":
        rope = f", all of it within {number(found.rope)} of 0" if found.rope is not None else ""
        return (
            f"Stage or mix? Either: {candidate_name(found.staged)} is predicted at {against}{rope}, so mix: "
            "it has no order to find."
        )
    chance = found.chance if found.gain.value > 0 else 1 - found.chance
    head = f"Stage or mix? {_how_sure(found, chance)} {found.advice} ({share(chance)})"
    way = (
        candidate_name(found.staged)
        if found.advice == "stage"
        else f"the best staged way, {candidate_name(found.staged)}"
    )
    reason = _reason(found, found.reason) if found.reason else ""
    return f"{head}: {way} is predicted at {against}{reason}."


def _how_sure(found: Mixing, chance: float) -> str:
    if not found.probed:
        return "A guess, rather"
    return "Surely" if found.sure else "Probably" if chance >= LIKELY else "Hard to tell, rather"


def came_true(report: Report) -> str:
    """Which arm the advice is, and what was measured of every candidate that an arm trained, beside joint training."""
    if report.plan is None or (found := report.plan.mixing) is None:
        return ""
    advised = advised_candidate(found)
    arm = report.candidates.get(advised)
    named = "joint training" if advised == JOINT else advised
    if not learns(report.plan):
        return f"{UNKNOWN[:-1]}; the arm {arm} is {named}, which is predicted best." if arm == ADVISED else ""
    told = [f"Stage or mix? Advised was {named}: {f'the arm {arm}' if arm else NOBODY}."]
    told += [line for line in map(partial(_beside, report, found), found.candidates) if line]
    return " ".join(told) if arm or len(told) > 1 else ""


def _beside(report: Report, found: Mixing, one: Candidate) -> str:
    """Predicted and measured difference to joint training; empty where there is none of both."""
    arm, joint = report.candidates.get(one.name), report.candidates.get(JOINT)
    pairs = {(row.arm, row.baseline): row.absolute for row in report.comparisons}
    measured = pairs.get((arm, joint)) if arm and joint else None
    if one.name == JOINT or measured is None or measured.estimate is None:
        return ""
    plain = next(other for other in found.candidates if other.name == JOINT)
    return (
        f"Predicted {signed(one.predicted.value - plain.predicted.value)} for {one.name} against joint training, on "
        f"validation; measured on test {signed(measured.estimate)} ({signed_span(measured)})."
    )


def _reason(found: Mixing, known: Reason) -> str:
    """What decides the difference, as a clause."""
    worth, name = signed(known.worth), known.domain
    if found.gain.value <= 0:
        lost = f"; staged, {name} loses most ({worth} of the total)"
        if known.stage and known.change is not None:
            return f"{lost}, by the later stage on {known.stage} ({signed(known.change)})"
        met = found.exposure.value
        return f"{lost}: mixed, it is trained to the end, and {share(met)} of what others do reaches it meanwhile"
    if found.staged == tailed_name(name):
        return f"; its last stage is worth {worth} of the total by {name}, and {signed(known.others)} by all others"
    gained = f"; {name} gains most ({worth} of the total)"
    if known.stage and known.change is not None:
        return f"{gained}: its own stage comes after that on {known.stage}, which changes it by {signed(known.change)}"
    return gained


def _grounds(found: Mixing) -> str:
    if not found.probed:
        return ASK
    if found.fit is not None and found.fit < FAR:
        return (
            f"Take it with care: the joint probe scored what no effects of single stages explain (p = {found.fit:.2g})."
        )
    return ""
