"""Limits on an order in sentences: what the plan foretells, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.limits import Limited, OrderLimit, limits_of
from curricula.schema import Curriculum
from domains.listed import listed
from experiments.analysis.comparing.limits import LimitVerdict, MeasuredLimit
from experiments.analysis.words import number, share, signed, signed_span, span
from scheduler.plan import Plan
from scheduler.plan_limits import LimitForecast

UNITS: dict[Limited, str] = {"loss": "", "entropy": " nats a token"}
VERDICTS: tuple[LimitVerdict, ...] = ("broken", "kept", "cannot tell")


def limits_told(curriculum: Curriculum) -> str:
    """What the plan will hold the order to; empty without constraints."""
    asked = [f"{limit_name(one)} {bound_words(one)}" for one in limits_of(curriculum)]
    return f"Limits on the order: {', '.join(asked)}." if asked else ""


def limit_lines(plan: Plan) -> tuple[str, ...]:
    """Whether the order is predicted to keep its limits, one by one, and what that costs; nothing without limits."""
    found = plan.constraints
    if found is None:
        return ()
    count = len(found.limits)
    told = {1: "the only one is", 2: "both are"}.get(count, f"all {count} are")
    head = f"Limits: {told} predicted to be kept ({share(found.kept)} that {'they are' if count > 1 else 'it is'})."
    return (unkept(plan) or head, *(f"  {_forecast(one)}" for one in found.limits), cost_words(plan))


def unkept(plan: Plan) -> str:
    """One sentence where no order keeps all limits; else empty."""
    broken = plan.constraints.broken if plan.constraints else ()
    if not broken:
        return ""
    assert plan.constraints is not None
    told = listed([_forecast(one) for one in broken])
    sure = share(plan.constraints.sure)
    return f"NO ORDER IS PREDICTED TO KEEP ALL LIMITS WITH {sure}; this one exceeds them least: {told}."


def cost_words(plan: Plan) -> str:
    """What keeping the limits costs; empty without limits."""
    found = plan.constraints
    if found is None:
        return ""
    if found.free == plan.order:
        return "The limits cost nothing: without them the order would be the same."
    cost = f"{number(found.cost.estimate)} ({signed_span(found.cost)})"
    return f"The limits cost {cost} of the predicted total: without them the order would be {' → '.join(found.free)}."


def mixing_word(plan: Plan) -> str:
    """What joint training makes of limits that no order keeps; empty where one does."""
    broken = {one.measure for one in plan.constraints.broken} if plan.constraints else set()
    if not broken:
        return ""
    why = {
        "loss": "has no later stage that could take from a domain",
        "entropy": "begins all domains with the base model",
    }
    told = " and ".join(why[measure] for measure in why if measure in broken)
    return f"Staging is not predicted to keep the limits as surely as asked; joint training {told}."


def limit_name(one: OrderLimit | LimitForecast | MeasuredLimit) -> str:
    """``loss of stories``."""
    return f"{one.measure} of {one.domain}"


def bound_words(one: OrderLimit | LimitForecast | MeasuredLimit) -> str:
    """``at most 0.050``."""
    return f"{'at most' if one.measure == 'loss' else 'at least'} {number(one.bound)}{UNITS[one.measure]}"


def value_words(one: LimitForecast | MeasuredLimit, digits: int = 3) -> tuple[str, str]:
    """The value and its interval: losses have a sign, entropies none."""
    found = one.predicted if isinstance(one, LimitForecast) else one.measured
    if one.measure == "loss":
        return signed(found.estimate, digits), signed_span(found, digits)
    return number(found.estimate, digits), span(found, digits)


def measured_line(main: str, limits: Mapping[str, Sequence[MeasuredLimit]]) -> str:
    """What became of the main arm's limits, on test; empty where none was measured. `limits`: of every arm."""
    rows = limits.get(main, ())
    return f"Limits on test, {main}: {'; '.join(_verdicts(rows))}." if rows else ""


def _verdicts(rows: Sequence[MeasuredLimit]) -> list[str]:
    """``kept: loss of stories (…)``, those that are broken first."""
    found = []
    for verdict in VERDICTS:
        told = [f"{limit_name(one)} ({_measured(one)})" for one in rows if one.verdict == verdict]
        if told:
            found.append(f"{verdict}: {', '.join(told)}")
    return found


def _measured(one: MeasuredLimit) -> str:
    value, interval = value_words(one)
    return f"{value}, {interval}, of {bound_words(one)}"


def _forecast(one: LimitForecast) -> str:
    value, interval = value_words(one)
    return f"{limit_name(one)} {value} ({interval}) of {bound_words(one)}, kept with {share(one.kept)}"
