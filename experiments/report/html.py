"""The report as one self-contained page: plotly.js inlined once, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from experiments.analysis.report import Report
from experiments.report.markup import element
from experiments.report.sections import (
    account,
    cliffs,
    comparison,
    completions,
    guards,
    health,
    mixing,
    order,
    path,
    result,
    rounds,
    sweet_spot,
)

PARTS = (
    result.heading,
    account.failures,
    result.scores,
    comparison.comparisons,
    order.order,
    mixing.mixing,
    rounds.rounds,
    result.transfer,
    order.prediction,
    path.profiles,
    path.trajectories,
    cliffs.cliffs,
    path.cliff,
    completions.completions,
    guards.guards,
    sweet_spot.sweet_spot,
    sweet_spot.ways_back,
    health.health,
    path.tree,
    account.cost,
    account.appendix,
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
