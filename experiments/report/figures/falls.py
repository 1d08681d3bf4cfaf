"""A score, which may be all or nothing, beside the references' likelihood, which is not: two axes in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from domains.interval import Interval
from experiments.analysis.words import number, short, signed, signed_span, span
from experiments.report.markup import Figure
from experiments.report.style import BLUE, MUTED, VERMILION, axis, error_bars, figure, layout

HEIGHT = 300
LEFT, RIGHT = (0.0, 0.42), (0.58, 1.0)
"""Where the two axes lie, as shares of the width."""
FALLEN, OTHERS = "circle", "circle-open"
"""A stage that the score surely fell by, and any other."""


@dataclass(frozen=True)
class Side:
    """One of the two measures at some places."""

    title: str
    across: Sequence[str | int]
    up: Sequence[Interval]
    fell: Sequence[bool] = ()
    """Whether the score surely fell there; empty: not told."""
    turned: bool = False
    """Whether the axis points down, so that worse is below, as it is of a score."""
    change: bool = False


def side_by_side(domain: str, verdict: str, across: str, score: Side, bits: Side) -> Figure:
    """Both over the same places, with the verdict in the title."""
    traces = [_line(score, BLUE, ""), _line(bits, VERMILION, "2")]
    # Left alone, plotly takes "1" for a number and drops what is none.
    named = any(isinstance(place, str) for place in score.across)
    places: dict[str, Any] = {"type": "category" if named else "linear", "zeroline": False}
    look = layout(
        HEIGHT,
        title={
            "text": f"<b>{escape(short(domain, 28))}</b>  {escape(short(verdict, 48))}",
            "font": {"size": 14},
            "x": 0.01,
            "y": 0.97,
        },
        xaxis=axis(across, domain=list(LEFT), **places),
        xaxis2=axis(across, domain=list(RIGHT), anchor="y2", **places),
        yaxis=axis(),
        yaxis2=axis(anchor="x2", **({"autorange": "reversed"} if bits.turned else {})),
        annotations=[_heading(score, LEFT), _heading(bits, RIGHT)],
        margin={"l": 12, "r": 12, "t": 64, "b": 40},
    )
    return figure(traces, look)


def _line(side: Side, colour: str, number_of_axis: str) -> dict[str, Any]:
    symbols = [FALLEN if fell else OTHERS for fell in side.fell] or FALLEN
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": side.title,
        "x": list(side.across),
        "y": [one.estimate for one in side.up],
        "xaxis": f"x{number_of_axis}",
        "yaxis": f"y{number_of_axis}",
        "error_y": error_bars(side.up) | {"color": colour, "thickness": 1, "width": 3},
        "line": {"color": colour, "width": 1.6},
        "marker": {"size": 8, "color": colour, "symbol": symbols, "line": {"width": 1.6, "color": colour}},
        "hovertext": [_hover(side, at, one) for at, one in zip(side.across, side.up, strict=True)],
        "hoverinfo": "text",
    }


def _hover(side: Side, at: str | int, one: Interval) -> str:
    told, ends = (signed, signed_span) if side.change else (number, span)
    return f"{escape(side.title)}<br>{escape(str(at))}: {told(one.estimate)} ({ends(one)})"


def _heading(side: Side, place: tuple[float, float]) -> dict[str, Any]:
    look = {"showarrow": False, "font": {"size": 12, "color": MUTED}, "xanchor": "center", "yanchor": "bottom"}
    return {"xref": "paper", "yref": "paper", "x": sum(place) / 2, "y": 1.02, "text": escape(side.title), **look}
