"""The figures, as plain data for plotly.js."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from domains.profile import EntropyProfile
from experiments.analysis.report import Report
from experiments.analysis.report_parts import TOTAL, SeedInterval
from experiments.analysis.sentences.group_words import labels
from experiments.analysis.words import number, short, signed, signed_span, span
from experiments.report.markup import Figure
from experiments.report.style import (
    BLUE,
    DIVERGING,
    INK,
    MUTED,
    VERMILION,
    arm_colours,
    arm_symbols,
    axis,
    error_bars,
    figure,
    layout,
)
from scheduler.composing.joint import JOINT
from scheduler.plan import Effects

LABEL = 26
"""Characters of a name on an axis; hover shows all of it."""


def scores_figure(report: Report) -> Figure:
    """Total test score by arm with its interval, best on top; small dots are seeds."""
    rows = {arm: report.scores[arm][TOTAL] for arm in report.ranked()}
    return totals_figure(rows, arm_colours(report), arm_symbols(report), report.main)


def totals_figure(
    rows: Mapping[str, SeedInterval], colours: Mapping[str, str], symbols: Mapping[str, str], main: str
) -> Figure:
    """The same for any arms, the first on top; a dotted line marks the arm ``joint``."""
    arms = [arm for arm in list(rows)[::-1] if rows[arm].estimate is not None]
    shown = [rows[arm] for arm in arms]
    places = list(range(len(arms)))
    seeds = [(place, value) for place in places for value in shown[place].per_seed if value is not None]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [value for _, value in seeds],
        "y": [position - 0.28 for position, _ in seeds],
        "marker": {"size": 5, "color": "#7c8896"},
        "hoverinfo": "skip",
    }
    estimates = {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for row in shown],
        "y": places,
        "marker": {"size": 11, "color": [colours[arm] for arm in arms], "symbol": [symbols[arm] for arm in arms]},
        "error_x": error_bars(shown) | {"color": MUTED},
        "hovertext": [_score_hover(arm, row) for arm, row in zip(arms, shown, strict=True)],
        "hoverinfo": "text",
    }
    ticks: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [_bold(arm, main) for arm in arms],
    }
    look = layout(
        70 + 30 * len(arms),
        xaxis=axis("total score on test (weighted mean over domains)"),
        yaxis=axis(**ticks, range=[-0.6, len(arms) - 0.4], showgrid=True, zeroline=False),
        shapes=[_line(x=row.estimate) for arm, row in zip(arms, shown, strict=True) if arm == JOINT],
    )
    return figure([dots, estimates], look)


def transfer_figure(transfer: Effects, of: str = "score") -> Figure:
    """Heatmap of what training on the row did to the column; intervals in the cells and on hover."""
    names = [escape(short(name, LABEL)) for name in transfer.domains]
    rows = [escape(short(name, LABEL)) for name in labels(transfer.domains, transfer.groups)]
    means = transfer.mean
    scale = max((abs(value) for row in means for value in row), default=0.0) or 1.0
    places = list(range(len(names)))
    hover = [[_transfer_hover(transfer, i, j) for j in places] for i in places]
    heat = {
        "type": "heatmap",
        "z": [list(row) for row in means],
        "x": places,
        "y": places,
        "zmin": -scale,
        "zmax": scale,
        "colorscale": DIVERGING,
        "hovertext": hover,
        "hoverinfo": "text",
        "xgap": 2,
        "ygap": 2,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "tickformat": "+.2f", "len": 0.9},
    }
    ticks: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
    }
    look = layout(
        110 + 62 * len(names),
        xaxis=axis(f"effect on the {of} of", side="top", **ticks),
        yaxis=axis("trained on", autorange="reversed", **(ticks | {"ticktext": rows})),
        annotations=[_transfer_note(transfer, i, j, scale) for i in places for j in places],
        margin={"l": 12, "r": 12, "t": 40, "b": 12},
    )
    return figure([heat], look)


def prediction_figure(report: Report) -> Figure:
    """Measured against predicted total of the sequential orders that were run; the line is equality."""
    points = [point for point in report.predictions if point.validation.estimate is not None]
    colours, symbols = arm_colours(report), arm_symbols(report)
    ends = [value for point in points for value in (point.predicted, point.validation.value)]
    low, high = (min(ends) - 0.02, max(ends) + 0.02) if ends else (0.0, 1.0)
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [low, high],
        "line": {"color": "#aab4c0", "dash": "dash", "width": 1},
        "hoverinfo": "skip",
    }
    dots = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [point.predicted for point in points],
        "y": [point.validation.estimate for point in points],
        "text": [escape(report.arms[point.arm].ordering or short(point.arm, 14)) for point in points],
        "textposition": "top center",
        "textfont": {"size": 11, "color": MUTED},
        "cliponaxis": False,
        "marker": {"size": 11, "color": [colours[p.arm] for p in points], "symbol": [symbols[p.arm] for p in points]},
        "hovertext": [
            f"<b>{escape(p.arm)}</b><br>{escape(' → '.join(p.order))}<br>predicted {number(p.predicted)}"
            f"<br>measured {number(p.validation.estimate)} on validation, {number(p.test.estimate)} on test"
            for p in points
        ],
        "hoverinfo": "text",
    }
    look = layout(400, xaxis=axis("predicted total", range=[low, high]), yaxis=axis("measured total, validation"))
    return figure([diagonal, dots], look)


def direction_figure(profiles: Mapping[str, EntropyProfile], order: list[str]) -> Figure:
    """Change of own-sample entropy by each domain's own probe: structured should fall, creative rise."""
    shown = [(name, p) for name, p in profiles.items() if name in order and p.delta_entropy.estimate is not None][::-1]
    places = list(range(len(shown)))
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [p.delta_entropy.value for _, p in shown],
        "y": places,
        "marker": {
            "size": 11,
            "color": [VERMILION if p.kind == "creative" else BLUE for _, p in shown],
            "symbol": ["diamond" if p.kind == "creative" else "circle" for _, p in shown],
        },
        "error_x": error_bars([p.delta_entropy for _, p in shown]) | {"color": MUTED},
        "hovertext": [
            f"<b>{escape(name)}</b> ({p.kind})<br>{signed(p.delta_entropy.estimate)} nats per token"
            f"<br>{signed_span(p.delta_entropy)}<br>measured: {p.measured}"
            for name, p in shown
        ],
        "hoverinfo": "text",
    }
    ticks: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [escape(short(name, LABEL)) for name, _ in shown],
    }
    look = layout(
        80 + 34 * len(shown),
        xaxis=axis(
            "change of own-sample entropy after the domain's probe, nats per token",
            zerolinewidth=2,
            rangemode="tozero",
        ),
        yaxis=axis(**ticks, range=[-0.6, len(shown) - 0.4], zeroline=False),
    )
    return figure([dots], look)


def _score_hover(arm: str, row: SeedInterval) -> str:
    seeds = ", ".join(number(value) for value in row.per_seed)
    return f"<b>{escape(arm)}</b><br>{number(row.estimate)} ({span(row)})<br>seeds: {seeds}"


def _transfer_hover(transfer: Effects, i: int, j: int) -> str:
    found = transfer.effects[i][j]
    trained, affected = escape(labels(transfer.domains, transfer.groups)[i]), escape(transfer.domains[j])
    measured = found.missing or f"{signed(found.estimate)} ({signed_span(found)})"
    return f"trained on <b>{trained}</b>, effect on <b>{affected}</b><br>{measured}"


def _transfer_note(transfer: Effects, i: int, j: int, scale: float) -> dict[str, Any]:
    found = transfer.effects[i][j]
    text = f"<b>{signed(found.estimate, 2)}</b>" if found.sign else signed(found.estimate, 2)
    if len(transfer.domains) <= 5:
        text += f"<br><span style='font-size:10px'>{signed_span(found, 2)}</span>"
    colour = "#ffffff" if abs(found.estimate or 0.0) > 0.7 * scale else INK
    return {"x": j, "y": i, "text": text, "showarrow": False, "font": {"color": colour, "size": 13}}


def _line(x: float | None) -> dict[str, Any]:
    line = {"color": VERMILION, "width": 1, "dash": "dot"}
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "line": line,
        "layer": "below",
    }


def _bold(arm: str, main: str) -> str:
    name = escape(short(arm, LABEL))
    return f"<b>{name}</b>" if arm == main else name
