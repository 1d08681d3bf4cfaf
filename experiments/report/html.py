"""The report as one self-contained page: plotly.js inlined once, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from experiments.analysis.report import Report
from experiments.report import (
    sections,
    sections_account,
    sections_cliffs,
    sections_comparison,
    sections_completions,
    sections_guards,
    sections_health,
    sections_mixing,
    sections_order,
    sections_path,
    sections_rounds,
    sections_sweet_spot,
)
from experiments.report.markup import element

PARTS = (
    sections.heading,
    sections_account.failures,
    sections.scores,
    sections_comparison.comparisons,
    sections_order.order,
    sections_mixing.mixing,
    sections_rounds.rounds,
    sections.transfer,
    sections_order.prediction,
    sections_path.profiles,
    sections_path.trajectories,
    sections_cliffs.cliffs,
    sections_path.cliff,
    sections_completions.completions,
    sections_guards.guards,
    sections_sweet_spot.sweet_spot,
    sections_sweet_spot.ways_back,
    sections_health.health,
    sections_path.tree,
    sections_account.cost,
    sections_account.appendix,
)
"""In reading order; each is empty where the report has nothing for it."""


def render_html(report: Report) -> str:
    """The whole page. The same report gives the same text."""
    return page(report.curriculum.name, [part(report) for part in PARTS])


def page(title: str, parts: Sequence[str]) -> str:
    """A page of these sections, with all that it needs to draw their figures."""
    from plotly.offline import get_plotlyjs

    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        + element("title", text=f"{title} · stagewise")
        + f"<style>{_asset('page.css')}</style>"
    )
    body = element("main", *parts)
    scripts = f"<script>{get_plotlyjs()}</script><script>{_asset('page.js')}</script>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}{scripts}</body></html>\n'


def _asset(name: str) -> str:
    return files("experiments.report").joinpath(name).read_text(encoding="utf-8")
