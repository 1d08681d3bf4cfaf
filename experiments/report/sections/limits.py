"""The page's part on limits: what the plan foretold of each, and what every staged arm was measured to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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

Measured = Mapping[str, Sequence[MeasuredLimit]]
"""Arm → what became of its limits, on test."""
HEADER = ("limit", "", "predicted", "95 % interval", "kept with")
MEASURED = ("arm", "limit", "", "on test", "95 % interval", "p by Holm", "verdict")
VALUES = (
    "Loss: a domain's score right after its own stage minus its score in the end. Entropy: of own samples where the "
    "domain's stage begins."
)
PREDICTED = "Predicted: from the probes, on validation."
JUDGED = (
    "The verdict: whether the value is surely on one side of its limit, corrected for all limits of the main arm, or "
    "of all others."
)
TITLE = "Limits on the order"


def limits(report: Report) -> str:
    """Empty where the curriculum has no constraints."""
    plan = report.plan
    lines = limit_lines(plan) if plan else ()
    if not lines and not report.limits:
        return ""
    head = element("p", text=lines[0], class_="callout warn" if plan and unkept(plan) else "callout") if lines else ""
    return section(
        "limits",
        TITLE,
        head,
        paragraph(cost_words(plan)) if plan and lines else "",
        table(HEADER, _forecasts(report)) if lines else "",
        *_measured(report.main, report.limits),
        reading(f"{VALUES} {PREDICTED} {JUDGED}"),
    )


def measured_limits(main: str, found: Measured) -> str:
    """Where nothing was foretold: what the main arm was measured to keep, and all others. Empty where none was."""
    return section("limits", TITLE, *_measured(main, found), reading(f"{VALUES} {JUDGED}")) if found else ""


def _measured(main: str, found: Measured) -> Iterator[str]:
    """The main arm's table, and that of all others, folded."""
    own = [_row(main, one) for one in found.get(main, ())]
    others = [_row(arm, one) for arm, rows in found.items() if arm != main for one in rows]
    if own:
        yield table(MEASURED, own)
    if others:
        yield details("What other orders kept", table(MEASURED, others))


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
