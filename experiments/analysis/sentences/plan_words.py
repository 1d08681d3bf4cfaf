"""A plan in sentences, for terminal and page alike."""

from __future__ import annotations

from domains.listed import listed
from experiments.analysis.comparing.apart import apart
from experiments.analysis.comparing.family import ALPHA
from experiments.analysis.sentences.group_words import group_lines, labelled, unraised
from experiments.analysis.sentences.health_words import REMEDY
from experiments.analysis.sentences.limit_words import limit_lines
from experiments.analysis.sentences.mixing_words import UNKNOWN, learns, mixing_lines
from experiments.analysis.words import number, p_words, signed, signed_span
from scheduler.evidence.claims import FEWEST_SEEDS
from scheduler.plan import Audit, Harm, OwnGain, Plan, Precedence

NAMED = 6
"""Precedences that a sentence names."""
HARD, EASY = 0.15, 0.8
"""Base scores between which a domain can learn from its own samples."""
UNSURE = "more seeds or items would tell"
OWN_PROBE = "one of its own would tell"
ONE_SEED = "one seed cannot tell effects from chance"
TOO_HARD = (
    "too hard as it is: try more steps, items with a base score between 0.15 and 0.8 or, if it trains by GRPO, "
    "SFT first"
)
MASTERED = "nearly mastered: leave it out, or take items with a base score between 0.15 and 0.8"
NOT_LEARNT = "try more steps, another learning rate or, if it trains by GRPO, SFT first; else leave it out"


def plan_lines(plan: Plan) -> tuple[str, ...]:
    """Order, its limits, what learns, which precedences are identified, what choosing is worth, what is left out,
    audit."""
    lines = (
        arrow(plan.order) + f"   (chosen by {plan.how}, predicted total {number(plan.total)})",
        *group_lines(plan),
        *limit_lines(plan),
        *learning(plan),
        identified(plan),
        broken(plan),
        worth_words(plan),
        *stage_or_mix(plan),
        *harm_lines(plan),
        runner_up(plan),
        *audit_lines(plan.audit),
    )
    return tuple(line for line in lines if line)


def stage_or_mix(plan: Plan) -> tuple[str, ...]:
    """Whether to stage at all, or that this cannot be said; nothing where there is no choice."""
    return mixing_lines(plan) if learns(plan) or plan.mixing is None else (UNKNOWN,)


def arrow(order: tuple[str, ...]) -> str:
    """``a → b → c``."""
    return " → ".join(order)


def learning(plan: Plan) -> tuple[str, ...]:
    """Whether the domains' own stages raise their scores, and what to do where they do not."""
    still = [gain for gain in plan.own_gains if not gain.raised]
    if not still:
        return ()
    taught = sum(gain.nothing is None for gain in plan.own_gains)
    some = f" over the {taught} that learnt from theirs" if taught < len(plan.own_gains) else ""
    stages = "probes" if plan.groups else "own stages"
    mean = f"{signed(plan.own_gain.estimate)} on average{some} ({plan.own_gain.missing or signed_span(plan.own_gain)})"
    if all(gain.nothing for gain in plan.own_gains):
        first = "No domain's own stage taught anything, so the order is moot."
    elif learns(plan):
        first = f"No sure own gain for {listed([gain.domain for gain in still])}; {stages} gain {mean}."
    elif plan.own_gain.estimate is not None and plan.own_gain.estimate > 0:
        first = f"It is not sure that anything learns here: {stages} gain {mean}. If nothing does, the order is moot."
    else:
        first = f"As far as can be seen nothing learns here, so the order is moot: {stages} gain {mean}."
    return (first, *(f"  {labelled(gain.domain, gain.group)}: {_advice(gain, taught)}" for gain in still))


def own_gain_words(gain: OwnGain, tested: int) -> str:
    """What is claimed of an own gain, or why nothing is although its interval excludes 0; `tested` in all."""
    if gain.nothing:
        return "taught nothing, so not tested"
    if gain.raised:
        return "raised"
    lowered = gain.gain.value < 0 and gain.p_adjusted <= ALPHA
    return "lowered" if lowered else apart(gain.gain, gain.p, gain.p_adjusted, tested)


def precedence_words(found: Precedence, pairs: int) -> str:
    """The same of a precedence; `pairs` in all."""
    if found.identified:
        return "identified"
    if found.p_adjusted > ALPHA:
        return apart(found.gain, found.p, found.p_adjusted, pairs)
    return f"not claimed: {ONE_SEED if found.gain.n < FEWEST_SEEDS else 'one of the stages taught nothing'}"


def _advice(gain: OwnGain, taught: int) -> str:
    if gain.nothing:
        return f"taught nothing: {gain.nothing}; {REMEDY}"
    tested = _tested(gain.p_adjusted, own_gain_words(gain, taught))
    known = f"{signed(gain.gain.estimate)} ({_span(gain)}; {tested}) from {number(gain.base)}"
    if gain.group is not None:
        return f"{known}, by a part of the probe of {gain.group}; {OWN_PROBE}"
    if gain.gain.value > 0:
        return f"{known}; {UNSURE}"
    return f"{known}; {TOO_HARD if gain.base < HARD else MASTERED if gain.base > EASY else NOT_LEARNT}"


def order_clause(plan: Plan) -> str:
    """The same as a clause of the verdict; empty where there is nothing to order and all learn."""
    if plan.own_gains and not learns(plan):
        if (plan.own_gain.estimate or 0.0) > 0:
            return "it is not sure that anything learns here, and without that the order is moot"
        return "as far as can be seen nothing learns here, so the order is moot (try more steps or easier items)"
    total, sure = len(plan.precedences), len(plan.identified)
    some = f"{sure} of {total} precedences {'is' if sure == 1 else 'are'} identified"
    parts = [
        (some if sure else "no precedence is identified at this budget") if total else "",
        unraised(plan.own_gains),
    ]
    return ", and ".join(part for part in parts if part)


def identified(plan: Plan) -> str:
    """``3 of 6 precedences are identified: sums before stories (+0.031), …``; empty where there is no pair."""
    total, sure = len(plan.precedences), plan.identified
    if not total:
        return ""
    if not sure:
        best = plan.precedences[0]
        of = f"None of {total} precedences is" if total > 1 else "The one precedence is not"
        tested = _tested(best.p_adjusted, precedence_words(best, total))
        known = f"{signed(best.gain.estimate)}, {_span(best)}; {tested}"
        return f"{of} identified at this budget; the surest is {best.first} before {best.second} ({known})."
    named = sorted(sure, key=lambda one: -one.gain.value)
    rest = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    shown = ", ".join(_pair(one) for one in named[:NAMED])
    return f"{len(sure)} of {total} precedences {'is' if len(sure) == 1 else 'are'} identified: {shown}{rest}."


def broken(plan: Plan) -> str:
    """Identified precedences that the order does not keep: another rule chose it, they run in a circle, or the scores
    of a group's members speak for other places than its own."""
    place = {name: at for at, name in enumerate(plan.order)}

    def places(name: str) -> list[int]:
        return [place[one] for one in plan.groups.get(name, (name,)) if one in place]

    found = [one for one in plan.identified if max(places(one.first)) > min(places(one.second))]
    return f"The order does not keep {listed([_pair(one) for one in found])}." if found else ""


def _pair(one: Precedence) -> str:
    return f"{one.first} before {one.second} ({signed(one.gain.estimate)})"


def worth_words(plan: Plan) -> str:
    """Expected regrets, and what choosing gains over not choosing; empty where there is no other order."""
    worth = plan.worth
    if worth is None:
        return ""
    gain = worth.over_mean
    # A random order is held to no limits, and may score more than any that is.
    found = f"Expected to score {number(worth.regret)} below the best order" + (
        " that keeps to the limits as it does."
        if plan.constraints
        else f"; a random order {number(worth.random_regret)} below it."
    )
    if gain.estimate is None:
        return f"{found} Whether choosing beats not choosing was not tested: {gain.missing}."
    over = f"{signed(gain.estimate)} ({signed_span(gain)})"
    against = f"{signed(worth.over_reverse.estimate)} ({signed_span(worth.over_reverse)})"
    return f"{found} Against the mean of all orders {over}, against the reverse {against}, {judged_by(plan)}."


def judged_by(plan: Plan) -> str:
    """What the contrasts rest on."""
    if plan.worth and plan.worth.over_mean.n == 1:
        return "chosen and judged on different items of the one seed"
    return "chosen and judged on different seeds and items"


def harm_lines(plan: Plan) -> tuple[str, ...]:
    """What is left out, and the evidence where the plan decided it."""
    # The last look at the domains that were still trained: p is corrected for these.
    looked = sum(not harm.left_out for harm in plan.harms)
    named = {harm.domain: f"{harm.domain} ({_harm(harm, looked)})" for harm in plan.harms if harm.left_out}
    lines = []
    if plan.left_out:
        lines.append(f"Left out: {', '.join(named.get(name, name) for name in plan.left_out)}")
    doubtful = [harm for harm in plan.harms if not harm.left_out and harm.gain.value > 0]
    if doubtful:
        worst = max(doubtful, key=lambda harm: harm.gain.value)
        lines.append(f"Trained, although it may harm: {worst.domain} (leaving it out {_harm(worst, looked)})")
    return tuple(lines)


def _harm(harm: Harm, looked: int) -> str:
    why = "" if harm.left_out else apart(harm.gain, harm.p, harm.p_adjusted, looked)
    return f"{signed(harm.gain.estimate)}, {_span(harm)}; {_tested(harm.p_adjusted, why)}"


def _tested(p_adjusted: float, why: str) -> str:
    """The p value and why it claims what it does, each once."""
    p = p_words(p_adjusted)
    return why if p in why else f"{p}; {why}".removesuffix("; ")


def _span(found: Precedence | OwnGain | Harm) -> str:
    return found.gain.missing or signed_span(found.gain)


def runner_up(plan: Plan) -> str:
    """The next best order, and how far it is; empty where there is none."""
    if plan.runner_up is None:
        return ""
    margin = plan.margin.missing or f"{signed(plan.margin.estimate)}, {signed_span(plan.margin)}"
    return f"Runner-up: {arrow(plan.runner_up.order)} (predicted {number(plan.runner_up.predicted)}; margin {margin})"


def audit_lines(audit: Audit) -> tuple[str, ...]:
    """How far the assumptions held, one line each; only what was measured."""
    if audit.rank is None:
        return audit.notes
    return (f"Measured, the order is {ordinal(audit.rank)} of all {audit.orders}.", *audit.notes)


def ordinal(place: int) -> str:
    """``5th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th") if place % 100 not in (11, 12, 13) else "th"
    return f"{place}{ending}"
