"""A search as one self-contained page, in the look of the run's report."""

from __future__ import annotations

from experiments.report.html import page
from experiments.report.sections.limits import measured_limits
from experiments.search.analysis.pairs import SEARCHED
from experiments.search.analysis.report import SearchReport
from experiments.search.report import sections


def kept(report: SearchReport) -> str:
    """What became of the curriculum's limits, on test."""
    return measured_limits(SEARCHED, report.limits)


PARTS = (
    sections.heading,
    sections.missing,
    sections.arms,
    sections.gains,
    kept,
    sections.search,
    sections.best,
    sections.cost,
    sections.appendix,
)
"""In reading order."""


def render_search(report: SearchReport) -> str:
    """The whole page. The same report gives the same text."""
    return page(f"{report.curriculum.name}, searched", [part(report) for part in PARTS])
