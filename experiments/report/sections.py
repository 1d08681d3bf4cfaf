"""The page's first half: the result. Scores, comparisons, order, transfer, predictions."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from experiments.analysis.comparison import SMALLEST_GAIN, Comparison
from experiments.analysis.plan_words import arrow, audit_lines, confidence, samples_of
from experiments.analysis.report import TOTAL, Report
from experiments.analysis.scores import BASE
from experiments.analysis.verdict import told
from experiments.analysis.words import count, duration, number, percent, percent_span, share, signed, span
from experiments.report.figures import prediction_figure, scores_figure, transfer_figure
from experiments.report.markup import cell, details, element, paragraph, plot, section, table
from experiments.report.style import tint
from scheduler.plan import Plan


def heading(report: Report) -> str:
    """Name, verdict, and the run in five figures."""
    cost = report.cost
    facts = (
        (str(len(report.domains)), "domains"),
        (str(len(report.seeds)), "seeds" if len(report.seeds) > 1 else "seed"),
        (str(len(report.arms)), "arms"),
        (
            f"{count(cost.stage_runs_done)} of {count(cost.stage_runs)}",
            f"stage runs done ({count(cost.stage_runs_unshared)} without sharing)",
        ),
        (duration(cost.wall_seconds), "wall time"),
    )
    strip = "".join(element("div", element("b", text=value), element("span", text=name)) for value, name in facts)
    return element(
        "header",
        element("p", text=f"stagewise · {report.run}", class_="eyebrow"),
        element("h1", text=report.curriculum.name),
        paragraph(report.curriculum.description) if report.curriculum.description else "",
        element("p", text=report.verdict, class_="verdict"),
        element("div", strip, class_="facts"),
    )


def scores(report: Report) -> str:
    """Dot plot of totals, then every domain in a table."""
    if not report.scores:
        return section("scores", "Scores by arm", paragraph("No arm has finished yet."))
    note = (
        "Total score on the test split with 95 % intervals over seeds and items. Small dots are seeds; "
        "the dotted line is plain joint training."
    )
    return section(
        "scores",
        "Scores by arm",
        paragraph(note, "note"),
        plot(scores_figure(report), "Total test score of each arm with interval"),
        _scores_table(report),
        _arm_notes(report),
    )


def _scores_table(report: Report) -> str:
    base = report.scores.get(BASE, {})
    names = [TOTAL, *report.domains]
    scale = max(
        (
            abs((row[name].estimate or 0) - (base[name].estimate or 0))
            for row in report.scores.values()
            for name in names
            if base
        ),
        default=0.0,
    )
    rows = []
    for arm in report.ranked():
        cells = [element("th", text=arm, scope="row", class_="main" if arm == report.main else None)]
        for name in names:
            found, start = report.scores[arm][name], base[name].estimate if base else None
            change = found.estimate - start if found.estimate is not None and start is not None else None
            small = element("small", text=span(found, 2))
            cells.append(cell(number(found.estimate), small, class_="number", style=tint(change, scale)))
        rows.append(cells)
    note = paragraph("Blue: above the base model, orange: below it. Small: 95 % interval.", "note")
    return table(["arm", *names], rows) + note


def _arm_notes(report: Report) -> str:
    notes = [f"{name}: {note}" for name, arm in report.arms.items() for note in arm.notes]
    return element("ul", *(element("li", text=note) for note in notes)) if notes else ""


def comparisons(report: Report) -> str:
    """Arm against baseline, verdict in words, interval drawn."""
    near = [row for row in report.comparisons if row.baseline != BASE] or report.comparisons
    scale = max((abs(end) for row in near for end in row.relative_gain.ends or ()), default=0.0)
    rows = [
        [
            element("th", text=row.arm, scope="row", class_="main" if row.arm == report.main else None),
            cell(row.baseline),
            cell(percent(row.relative_gain.estimate), class_="number"),
            cell(percent_span(row.relative_gain), class_="number", title=row.relative_gain.missing),
            element("td", forest(row, scale), class_="forest"),
            element("td", element("span", text=told(row), class_=f"tag {row.verdict if row.seeds else 'unfinished'}")),
        ]
        for row in report.comparisons
    ]
    note = (
        "Relative gain of the arm over the baseline in total test score, paired over seeds and items, with 95 % "
        f"interval. Indistinguishable: all of the interval lies within ±{100 * SMALLEST_GAIN:.0f} %. Underpowered: "
        "it includes zero and reaches beyond that, so these seeds and items cannot tell."
    )
    header = ["arm", "against", "gain", "95 % interval", "", "verdict"]
    return section("comparisons", "Against the baselines", paragraph(note, "note"), table(header, rows)) if rows else ""


def forest(row: Comparison, scale: float) -> str:
    """The interval as a line around zero, 160 pixels wide; what lies outside is drawn at the edge."""
    gain = row.relative_gain
    if gain.ends is None or scale <= 0:
        return ""
    low, high, dot = (80 + 74 * max(-1.0, min(1.0, value / scale)) for value in (*gain.ends, gain.value))
    return (
        '<svg width="160" height="18" aria-hidden="true"><line class="zero" x1="80" x2="80" y1="0" y2="18"/>'
        f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="9" y2="9"/>'
        f'<circle class="{escape(row.verdict)}" cx="{dot:.1f}" cy="9" r="4"/></svg>'
    )


def order(report: Report) -> str:
    """The plan: order, whether it is identified, who else wins."""
    plan = report.plan
    if plan is None:
        return ""
    arrows = element("i", text="→")
    steps = arrows.join(element("span", text=name) for name in plan.order)
    left_out = paragraph(f"Left out: {', '.join(plan.left_out)}.") if plan.left_out else ""
    runner = plan.runner_up
    second = (
        f"Runner-up: {arrow(runner.order)} (predicted total {number(runner.predicted)}, against {number(plan.total)})."
        if runner
        else ""
    )
    return section(
        "order",
        "The order",
        element("p", steps, class_="order"),
        element("p", text=confidence(plan), class_="callout" if plan.identified else "callout warn"),
        paragraph(second) if second else "",
        left_out,
        _winners(plan),
        _precedence(plan, report.transfer.domains if report.transfer else ()),
    )


def _winners(plan: Plan) -> str:
    if not plan.winners:
        return ""
    rows = [
        [
            element("th", text=arrow(found.order), scope="row"),
            cell(share(found.predicted), class_="number"),
            element(
                "td",
                f'<div class="bar" style="width:{100 * min(max(found.predicted, 0), 1):.0f}%"></div>',
                class_="bars",
            ),
        ]
        for found in plan.winners
    ]
    return table(["order", "best in", f"of {samples_of(plan)}"], rows)


def _precedence(plan: Plan, domains: Sequence[str]) -> str:
    if not plan.precedence or len(plan.precedence) != len(domains):
        return ""
    rows = [
        [element("th", text=name, scope="row")]
        + [
            cell("" if i == j else share(value), class_="number", style=None if i == j else tint(value - 0.5, 0.5))
            for j, value in enumerate(plan.precedence[i])
        ]
        for i, name in enumerate(domains)
    ]
    return details("How often the row's domain comes before the column's", table(["", *domains], rows))


def transfer(report: Report) -> str:
    """Heatmap of measured transfer."""
    if report.transfer is None:
        return ""
    note = (
        "Change of the column's validation score after training on the row alone, from the base model; the diagonal is "
        "a domain's own gain. Bold: the 95 % interval excludes zero."
    )
    return section(
        "transfer",
        "What each domain does to each other one",
        paragraph(note, "note"),
        plot(transfer_figure(report.transfer), "Transfer matrix"),
    )


def prediction(report: Report) -> str:
    """Did the matrix predict the orders that were run?"""
    points = [point for point in report.predictions if point.validation.estimate is not None]
    audit = audit_lines(report.plan.audit) if report.plan else ()
    lines = element("ul", *(element("li", text=line) for line in audit)) if audit else ""
    if not points:
        return section("prediction", "Did the plan's assumptions hold?", lines)
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
    return section(
        "prediction",
        "Did the plan's assumptions hold?",
        paragraph(note, "note"),
        plot(prediction_figure(report), "Predicted against measured totals"),
        paragraph(worst),
        lines,
    )
