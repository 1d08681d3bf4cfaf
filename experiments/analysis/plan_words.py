"""A plan in sentences, for terminal and page alike."""

from __future__ import annotations

from experiments.analysis.words import number, share, signed, signed_span
from scheduler.plan import Audit, Plan

STOPS = {
    "stable": "Probing stopped since the order is stable.",
    "budget": "Probing stopped since its budget is spent.",
    "exhausted": "Probing stopped since no path is left that could tell more.",
    "incomplete": "Probing is not finished: a stage that it asked for is missing.",
}
UNIDENTIFIED = "order not identifiable at this budget"


def plan_lines(plan: Plan) -> tuple[str, ...]:
    """Order, confidence, runner-up, what is left out, audit."""
    lines = [arrow(plan.order) + f"   (chosen by {plan.how}, predicted total {number(plan.total)})", confidence(plan)]
    if plan.runner_up:
        lines.append(f"Runner-up: {arrow(plan.runner_up.order)} (predicted {number(plan.runner_up.predicted)})")
    if plan.left_out:
        lines.append(f"Left out: {', '.join(plan.left_out)}")
    if plan.probing_stop:
        lines.append(probing_words(plan))
    return (*lines, *audit_lines(plan.audit))


def arrow(order: tuple[str, ...]) -> str:
    """``a → b → c``."""
    return " → ".join(order)


def confidence(plan: Plan) -> str:
    """Margin and win rate, with the verdict on whether the order is identified."""
    margin = f"margin {signed(plan.margin.estimate)} ({plan.margin.missing or signed_span(plan.margin)})"
    wins = f"best in {share(plan.win_rate)} of {samples_of(plan)}"
    if plan.identified:
        return f"The data tell this order from the runner-up: {margin}, {wins}."
    return f"{UNIDENTIFIED[0].upper()}{UNIDENTIFIED[1:]}: {margin}, {wins}."


def samples_of(plan: Plan) -> str:
    """What the win rate is a share of."""
    return "the transfer model's posterior" if plan.probing_stop else "bootstrap samples"


def probing_words(plan: Plan) -> str:
    """How many further probes there were, which, and why no more."""
    count = len(plan.probes)
    which = f" ({'; '.join(arrow(path) for path in plan.probes)})" if plan.probes else ""
    return f"{count} further probe{'s' * (count != 1)} a seed{which}. {STOPS[plan.probing_stop or 'incomplete']}"


def audit_lines(audit: Audit) -> tuple[str, ...]:
    """How far the assumptions held, one line each; only what was measured."""
    lines = []
    gap = audit.saturation
    if gap.estimate is not None:
        lines.append(
            f"Saturation gap {signed(gap.estimate)} ({signed_span(gap)}); 0 if a domain's own stage saturates it."
        )
    if audit.constancy is not None:
        lines.append(
            f"Transfer changes by {number(audit.constancy)} after another stage; "
            f"item noise alone would give {number(audit.constancy_null)}."
        )
    if audit.spearman is not None or audit.kendall is not None:
        lines.append(
            f"Predicted against measured totals over {audit.orders} orders: "
            f"Spearman {signed(audit.spearman, 2)}, Kendall {signed(audit.kendall, 2)}."
        )
    return (*lines, *audit.notes)
