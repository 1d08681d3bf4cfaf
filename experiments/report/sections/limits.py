"""The page's part on limits: what the plan foretold of each, and what every staged arm was measured to keep."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.analysis.comparing.limits import MeasuredLimit
from experiments.analysis.report import Report
from experiments.analysis.sentences.limit_words import (
    bound_words,
    cost_words,
    limit_lines,
    limit_name,
    unkept,
    value_words,
)
from experiments.analysis.words import DASH, p_words, share
from experiments.report.markup import cell, details, element, paragraph, reading, section, table

HEADER = ("limit", "", "predicted", "95 % interval", "kept with")
MEASURED = ("arm", "limit", "", "on test", "95 % interval", "p by Holm", "verdict")
NOTE = (
    "Loss: a domain's score right after its own stage minus its score in the end. Entropy: of own samples where the "
    "domain's stage begins. Predicted: from the probes, on validation. The verdict: whether the value is surely on one "
    "side of its limit, corrected for all limits of the main arm, or of all others."
)


def limits(report: Report) -> str:
    """Empty where the curriculum has no constraints."""
    plan = report.plan
    lines = limit_lines(plan) if plan else ()
    measured = [(arm, one) for arm, rows in report.limits.items() for one in rows]
    if not lines and not measured:
        return ""
    head = element("p", text=lines[0], class_="callout warn" if plan and unkept(plan) else "callout") if lines else ""
    own = [row for row in measured if row[0] == report.main]
    others = [row for row in measured if row[0] != report.main]
    return section(
        "limits",
        "Limits on the order",
        head,
        paragraph(cost_words(plan)) if plan and lines else "",
        table(HEADER, _forecasts(report)) if lines else "",
        table(MEASURED, (_row(*row) for row in own)) if own else "",
        details("What other orders kept", table(MEASURED, (_row(*row) for row in others))) if others else "",
        reading(NOTE),
    )


def _forecasts(report: Report) -> Iterator[list[str]]:
    forecast = report.plan.constraints if report.plan else None
    for one in forecast.limits if forecast else ():
        value, interval = value_words(one)
        figures = (value, interval, share(one.kept))
        yield [
            element("th", text=limit_name(one), scope="row"),
            cell(bound_words(one)),
            *(cell(text, class_="number") for text in figures),
        ]


def _row(arm: str, one: MeasuredLimit) -> list[str]:
    value, interval = value_words(one)
    p = DASH if one.p_adjusted is None else p_words(one.p_adjusted)
    return [
        element("th", text=arm, scope="row"),
        cell(limit_name(one)),
        cell(bound_words(one)),
        *(cell(text, class_="number") for text in (value, interval, p)),
        cell(one.verdict),
    ]
