"""The page's part on the order: what is claimed of it, and whether the assumptions behind it held."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.analysis.report import Report
from experiments.analysis.sentences.group_words import group_lines, labelled
from experiments.analysis.sentences.limit_words import unkept
from experiments.analysis.sentences.plan_words import (
    arrow,
    audit_lines,
    broken,
    harm_lines,
    identified,
    learning,
    own_gain_words,
    precedence_words,
    runner_up,
    worth_words,
)
from experiments.analysis.words import number, p_words, share, signed, signed_span
from experiments.report.figures.charts import prediction_figure
from experiments.report.markup import (
    cell,
    details,
    element,
    folded,
    number_cell,
    paragraph,
    plot,
    row_head,
    section,
    table,
)
from experiments.report.style import tint
from scheduler.plan import Plan


def order(report: Report) -> str:
    """The plan: order, what learns, which precedences are identified, what choosing is worth."""
    plan = report.plan
    if plan is None:
        return ""
    arrows = element("i", text="→")
    steps = arrows.join(element("span", text=name) for name in plan.order)
    lines = (*group_lines(plan), broken(plan), worth_words(plan), *harm_lines(plan), runner_up(plan))
    return section(
        "order",
        "The order",
        element("p", steps, class_="order"),
        element("p", text=unkept(plan), class_="callout warn") if unkept(plan) else "",
        _learning(plan),
        element("p", text=identified(plan), class_="callout" if plan.identified else "callout warn"),
        *(paragraph(line) for line in lines if line),
        _precedences(plan),
        _own_gains(plan),
        _winners(plan),
        _shares(plan, report.transfer.domains if report.transfer else ()),
    )


def _learning(plan: Plan) -> str:
    """What does not learn, and what to do about it."""
    head, *advice = learning(plan) or ("",)
    if not head:
        return ""
    listed = element("ul", *(element("li", text=line) for line in advice))
    return element("p", text=head, class_="callout warn") + listed


def _precedences(plan: Plan) -> str:
    rows = [
        [
            row_head(f"{found.first} before {found.second}"),
            number_cell(signed(found.gain.estimate)),
            number_cell(signed_span(found.gain), title=found.gain.missing),
            number_cell(p_words(found.p_adjusted)),
            cell(precedence_words(found, len(plan.precedences))),
        ]
        for found in plan.precedences
    ]
    head = ["precedence", "gain", "95 % interval", "p by Holm", ""]
    return details("What each precedence gains, in the total", table(head, rows)) if rows else ""


def _own_gains(plan: Plan) -> str:
    tested = sum(found.nothing is None for found in plan.own_gains)
    rows = [
        [
            row_head(labelled(found.domain, found.group)),
            number_cell(number(found.base)),
            number_cell(signed(found.gain.estimate)),
            number_cell(signed_span(found.gain), title=found.gain.missing),
            number_cell(p_words(found.p_adjusted)),
            cell(own_gain_words(found, tested)),
        ]
        for found in plan.own_gains
    ]
    head = ["domain", "base", "own gain", "95 % interval", "p by Holm", ""]
    what = "probe, or its group's, did" if plan.groups else "own stage does"
    return details(f"What each domain's {what} to its own score", table(head, rows)) if rows else ""


def _winners(plan: Plan) -> str:
    if not plan.winners:
        return ""
    rows = [
        [
            row_head(arrow(found.order)),
            number_cell(share(found.predicted)),
            element(
                "td",
                f'<div class="bar" style="width:{100 * min(max(found.predicted, 0), 1):.0f}%"></div>',
                class_="bars",
            ),
        ]
        for found in plan.winners
    ]
    return table(["order", "probably best", "by the probes"], rows)


def _shares(plan: Plan, domains: Sequence[str]) -> str:
    if not plan.precedence or len(plan.precedence) != len(domains):
        return ""
    within = {name: set(members) for members in plan.groups.values() for name in members}
    rows = [
        [row_head(name)]
        + [
            number_cell("")
            if i == j or {name, domains[j]} <= within.get(name, set())
            else number_cell(share(value), style=tint(value - 0.5, 0.5))
            for j, value in enumerate(plan.precedence[i])
        ]
        for i, name in enumerate(domains)
    ]
    but = ", but for those of one group, whose order is no claim" if plan.groups else ""
    return details(f"How probably the row's domain comes before the column's{but}", table(["", *domains], rows))


def prediction(report: Report) -> str:
    """Did the matrix predict the orders that were run?"""
    points = [point for point in report.predictions if point.validation.estimate is not None]
    audit = audit_lines(report.plan.audit) if report.plan else ()
    lines = element("ul", *(element("li", text=line) for line in audit)) if audit else ""
    if not points:
        return folded("prediction", "Did the plan's assumptions hold?", lines)
    note = (
        "Each point is an order that was run, one domain a stage. On the dashed line the transfer matrix "
        "predicted the total exactly; below it, more was lost than predicted."
    )
    largest = max(points, key=lambda point: abs(point.validation.value - point.predicted))
    measured = largest.validation.value
    worst = (
        f"Largest error: {largest.arm}, predicted {number(largest.predicted)}, measured {number(measured)} "
        f"({signed(measured - largest.predicted)})."
    )
    return folded(
        "prediction",
        "Did the plan's assumptions hold?",
        paragraph(note, "note"),
        plot(prediction_figure(report), "Predicted against measured totals"),
        paragraph(worst),
        lines,
    )
