"""Reliability diagrams, and how many answers are the same after parts of the reasoning: a model or two in a figure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import chain
from typing import Any

import numpy as np

from experiments.analysis.cliffs.model import Early, Reliability
from experiments.analysis.words import number, short, span
from experiments.report.markup import Figure
from experiments.report.style import BLUE, GRID, INK, axis, error_bars, figure, layout

LOOKS = ((INK, "91,103,117", "square"), (BLUE, "0,114,178", "circle"))
"""Of the earlier model and the later one: colour, that of its band, marker."""
HEIGHT = 330


def reliability_figure(domain: str, models: Sequence[tuple[str, Reliability]]) -> Figure:
    """Share right over confidence, a point a bin, mean over seeds; a band is where a calibrated model's points lie."""
    diagonal = {"x": [0, 1], "y": [0, 1], "type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "skip"}
    diagonal["line"] = {"color": "#aab4c0", "dash": "dash", "width": 1}
    traces = chain.from_iterable(_bins(*each, *look) for each, look in zip(models, LOOKS, strict=False))
    return figure([diagonal, *traces], _look(domain, "confidence", "share right"))


def early_figure(domain: str, models: Sequence[tuple[str, Early]]) -> Figure:
    """Share of answers that are those after all of the reasoning, over how much of it is left."""
    traces = [_parts(*each, *look) for each, look in zip(models, LOOKS, strict=False)]
    return figure(traces, _look(domain, "share of the reasoning that is left", "share with the same answer"))


def _bins(name: str, one: Reliability, colour: str, shade: str, symbol: str) -> list[dict[str, Any]]:
    across, up = (np.mean(each, axis=0).tolist() for each in (one.confidence, one.right))
    low, high = ([ends[at] for ends in one.null] for at in (0, 1))
    band = {
        "type": "scatter",
        "mode": "lines",
        "name": f"{name}, if calibrated",
        "legendgroup": name,
        "showlegend": False,
        "x": [*across, *across[::-1]],
        "y": [*high, *low[::-1]],
        "fill": "toself",
        "fillcolor": f"rgba({shade},0.15)",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return [band, _line(name, colour, symbol, across, up) | {"hovertext": _bin_hovers(name, one, across, up)}]


def _parts(name: str, one: Early, colour: str, shade: str, symbol: str) -> dict[str, Any]:
    told = [
        f"<b>{escape(name)}</b><br>{share:.0%} left: {number(same.estimate)} ({span(same)}), {one.items} items"
        for share, same in zip(one.shares, one.same, strict=True)
    ]
    bars = error_bars(one.same) | {"color": f"rgba({shade},0.7)"}
    line = _line(name, colour, symbol, list(one.shares), [same.value for same in one.same])
    return line | {"error_y": bars, "hovertext": told}


def _line(name: str, colour: str, symbol: str, across: list[float], up: list[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": short(name, 28),
        "legendgroup": name,
        "x": across,
        "y": up,
        "line": {"color": colour, "width": 1.4},
        "marker": {"size": 7, "symbol": symbol, "color": colour},
        "hoverinfo": "text",
    }


def _bin_hovers(name: str, one: Reliability, across: list[float], up: list[float]) -> list[str]:
    seeds = f" × {len(one.right)} seeds" if len(one.right) > 1 else ""
    return [
        f"<b>{escape(name)}</b><br>confidence {number(at)}, right {number(right)}"
        f"<br>if calibrated {number(low)} to {number(high)}<br>{count} answers{seeds}"
        for count, at, right, (low, high) in zip(one.counts, across, up, one.null, strict=True)
    ]


def _look(domain: str, across: str, up: str) -> dict[str, Any]:
    """A share on both axes, the domain above on the left, the models' names on the right."""
    return layout(
        HEIGHT,
        title={"text": f"<b>{escape(short(domain, 28))}</b>", "font": {"size": 14}, "x": 0.01, "y": 0.97},
        xaxis=axis(across, range=[-0.03, 1.03], zeroline=False),
        yaxis=axis(up, range=[-0.05, 1.05], zeroline=False),
        margin={"l": 12, "r": 12, "t": 44, "b": 40},
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "bordercolor": GRID},
    )
