"""The page's scores, and what domains do to one another."""

from __future__ import annotations

from experiments.analysis.report import Report
from experiments.analysis.report_parts import TOTAL
from experiments.analysis.scores import BASE
from experiments.analysis.sentences.group_words import GROUP_ROWS
from experiments.analysis.words import number, span
from experiments.report.figures.charts import scores_figure, transfer_figure
from experiments.report.markup import details, element, number_cell, paragraph, plot, row_head, section, table
from experiments.report.style import tint


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
        _pass_table(report),
    )


def _pass_table(report: Report) -> str:
    """The best of every item's samples, for structured domains; nothing where answers are greedy."""
    names = [name for name in report.domains if any(name in row for row in report.pass_at_k.values())]
    rows = [
        [
            row_head(arm, main=arm == report.main),
            *(
                number_cell(number(found.estimate), element("small", text=span(found, 2)))
                for found in (report.pass_at_k[arm][name] for name in names)
            ),
        ]
        for arm in report.ranked()
        if set(names) <= set(report.pass_at_k.get(arm, {}))
    ]
    return details("pass@k: items of which at least one sample is right", table(["arm", *names], rows)) if names else ""


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
        cells = [row_head(arm, main=arm == report.main)]
        for name in names:
            found, start = report.scores[arm][name], base[name].estimate if base else None
            change = found.estimate - start if found.estimate is not None and start is not None else None
            small = element("small", text=span(found, 2))
            cells.append(number_cell(number(found.estimate), small, style=tint(change, scale)))
        rows.append(cells)
    note = paragraph("Blue: above the base model, orange: below it. Small: 95 % interval.", "note")
    return table(["arm", *names], rows) + note


def transfer(report: Report) -> str:
    """Heatmap of measured transfer."""
    if report.transfer is None:
        return ""
    note = (
        "Change of the column's validation score after training on the row alone, from the base model; the diagonal is "
        "a domain's own gain. Bold: the 95 % interval of that one effect excludes zero; claims are corrected for how "
        "many there are."
    )
    return section(
        "transfer",
        "What each domain does to each other one",
        paragraph(note, "note"),
        paragraph(GROUP_ROWS, "note") if report.transfer.groups else "",
        plot(transfer_figure(report.transfer), "Transfer matrix"),
    )
