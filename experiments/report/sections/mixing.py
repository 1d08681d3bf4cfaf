"""The page's part on the plan's advice: stage or mix."""

from __future__ import annotations

from experiments.analysis.report import Report
from experiments.analysis.sentences.mixing_words import came_true, learns
from experiments.analysis.sentences.plan_words import stage_or_mix
from experiments.analysis.words import number, share, span
from experiments.report.markup import element, number_cell, paragraph, row_head, section, table

EXPLAINED = (
    "From every domain's probe: own training closes a domain's gap, others' training pushes it about, less so while "
    "it is trained itself. How much less is what a joint probe tells. Predicted before any of them was trained; "
    "validation."
)


def mixing(report: Report) -> str:
    """The advice, what came of it, and what every way to spend the budget should score; empty without a choice."""
    if report.plan is None or report.plan.mixing is None:
        return ""
    found = report.plan.mixing
    head, *more = stage_or_mix(report.plan)
    if not learns(report.plan):
        told = filter(None, (came_true(report),))
        return section("mixing", "Stage or mix?", element("p", text=head, class_="callout warn"), *map(paragraph, told))
    rows = [
        [
            row_head(one.name, main=one.name == found.candidates[0].name),
            number_cell(number(one.predicted.estimate)),
            number_cell(span(one.predicted)),
            number_cell(share(one.best)),
        ]
        for one in found.candidates
    ]
    return section(
        "mixing",
        "Stage or mix?",
        element("p", text=head, class_="callout" if found.sure and found.probed else "callout warn"),
        *map(paragraph, filter(None, (*more, came_true(report)))),
        paragraph(EXPLAINED, "note"),
        table(["way", "predicted total", "95 % interval", "probably best"], rows),
    )
