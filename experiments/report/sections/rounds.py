"""The page's part on adaptive mixing: the mixture of every round, and why it was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.analysis.report import Report
from experiments.analysis.stages.rounds import RoundReport
from experiments.analysis.words import number, signed
from experiments.report.markup import details, element, number_cell, paragraph, row_head, section, table

EXPLAINED = (
    "Each round's mixture was chosen by the mean validation scores of all seeds before it. Small: what spoke for the "
    "domain."
)


def rounds(report: Report) -> str:
    """A table for each arm that mixes adaptively; empty where none does."""
    found = {name: arm.rounds for name, arm in report.arms.items() if arm.rounds}
    parts = [part for name, rows in found.items() for part in _arm(name, rows)]
    return section("rounds", "Adaptive mixing", paragraph(EXPLAINED, "note"), *parts) if parts else ""


def _arm(name: str, rows: Sequence[RoundReport]) -> tuple[str, ...]:
    names = list(rows[0].mixture)
    shares = [
        [
            row_head(str(at)),
            *(
                number_cell(number(row.mixture[domain]), element("small", text=signed(row.reasons[domain], 4)))
                for domain in names
            ),
        ]
        for at, row in enumerate(rows, start=1)
    ]
    return (
        element("h3", text=name),
        paragraph(f"Shares; small: {rows[0].meaning}.", "note"),
        table(["round", *names], shares),
        details("Scores that were expected after each round, and those that came", _scores(rows, names)),
    )


def _scores(rows: Sequence[RoundReport], names: Sequence[str]) -> str:
    """Expected, and small: measured."""
    return table(
        ["round", *(f"{domain}: expected, measured" for domain in names)],
        [
            [
                row_head(str(at)),
                *(
                    number_cell(
                        number(row.predicted[domain] if row.predicted else None),
                        element("small", text=number(row.measured[domain] if row.measured else None)),
                    )
                    for domain in names
                ),
            ]
            for at, row in enumerate(rows, start=1)
        ],
    )
