"""The page's comparisons: gains, intervals drawn, verdicts in words. A search's page uses the same pieces."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from experiments.analysis.comparing.comparison import Comparison
from experiments.analysis.report import Report
from experiments.analysis.scores import BASE
from experiments.analysis.sentences.equal_words import equal_lines
from experiments.analysis.sentences.verdict import settling, told
from experiments.analysis.words import chance, percent, percent_span, signed, signed_span
from experiments.report.markup import (
    aside,
    cell,
    details,
    element,
    number_cell,
    paragraph,
    reading,
    row_head,
    section,
    table,
)


def comparisons(report: Report) -> str:
    """Arm against baseline, the primary pair first."""
    if not report.comparisons:
        return ""
    rope = report.curriculum.comparison.rope
    near = [row for row in report.comparisons if row.baseline != BASE] or report.comparisons
    scale = forest_scale(near, rope)
    rows = [
        line
        for row in report.comparisons
        for line in with_verdict(
            row,
            row_head(row.arm, main=row.primary),
            cell(row.baseline),
            number_cell(signed(row.absolute.estimate)),
            *interval_cells(row, scale, rope),
            number_cell(percent(row.relative.estimate), title=row.relative.missing or percent_span(row.relative)),
            number_cell(chance(row.p_adjusted)),
        )
    ]
    header = ["arm", "against", "gain", "95 % interval", "", "relative", "p, corrected", "verdict"]
    return section(
        "comparisons",
        "Against the baselines",
        reading(explained(rope)),
        table(header, rows),
        *map(paragraph, equal_lines(report.main, report.at_equal_tokens, report.at_equal_train_seconds)),
        notes(near),
    )


def explained(rope: float) -> str:
    """How the table is to be read."""
    return (
        "Gain of the arm over the baseline in total test score, paired over seeds and items. Blue: the pair that was "
        "named beforehand, tested at 5 %. The others are corrected for their number, while each interval is of one "
        "comparison, so that one of them may be undecided although its own interval excludes zero: then the row says "
        f"so. Equivalent: surely within ±{rope:g}, which is too little to matter (grey band), by two one-sided tests "
        "at 5 %."
    )


def interval_cells(row: Comparison, scale: float, rope: float) -> tuple[str, str]:
    """The interval as text and as a line."""
    return (
        number_cell(signed_span(row.absolute), title=row.absolute.missing),
        element("td", forest(row, scale, rope), class_="forest"),
    )


def relative_cell(row: Comparison) -> str:
    """The relative gain; its interval, or why there is none, on hover."""
    gain = row.relative
    return number_cell(percent(gain.estimate), title=gain.missing or percent_span(gain))


def with_verdict(row: Comparison, *cells: str) -> list[list[str]]:
    """A table's line that ends in the verdict, and below an undecided one what could have been found, across it."""
    kind = row.verdict if row.seeds else "unfinished"
    tag = element("td", element("span", text=told(row), class_=f"tag {kind}"), title=row.note or None)
    lines = [[*cells, tag]]
    if why := settling(row):
        lines.append([aside(len(cells) + 1, element("small", text=why))])
    return lines


def notes(rows: Sequence[Comparison]) -> str:
    """What intervals do not tell; a note that several pairs share stands there once."""
    shared: dict[str, list[str]] = {}
    for row in rows:
        if row.note:
            shared.setdefault(row.note, []).append(f"{row.arm} against {row.baseline}")
    lines = (f"{'; '.join(pairs) if len(pairs) < len(rows) else 'All pairs'}: {note}" for note, pairs in shared.items())
    return (
        details("Notes on these comparisons", element("ul", *(element("li", text=line) for line in lines)))
        if shared
        else ""
    )


def forest_scale(rows: Sequence[Comparison], rope: float) -> float:
    """Half the width of the drawing, in units of the score."""
    return max((abs(end) for row in rows for end in row.absolute.ends or ()), default=0.0) or rope


def forest(row: Comparison, scale: float, rope: float) -> str:
    """The interval as a line around zero, 120 pixels wide; what lies outside is drawn at the edge."""
    if row.absolute.ends is None:
        return ""
    low, high, dot = (_place(value, scale) for value in (*row.absolute.ends, row.absolute.value))
    left, right = _place(-rope, scale), _place(rope, scale)
    return (
        '<svg width="120" height="18" aria-hidden="true">'
        f'<rect class="rope" x="{left:.1f}" width="{right - left:.1f}" y="0" height="18"/>'
        '<line class="zero" x1="60" x2="60" y1="0" y2="18"/>'
        f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="9" y2="9"/>'
        f'<circle class="{escape(row.verdict)}" cx="{dot:.1f}" cy="9" r="4"/></svg>'
    )


def _place(value: float, scale: float) -> float:
    return 60 + 55 * max(-1.0, min(1.0, value / scale))
