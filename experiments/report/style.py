"""Colours and the common look of all figures. The palette is Okabe and Ito's, safe for colour blindness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domains.interval import Interval
from experiments.analysis.report import Report
from experiments.analysis.scores import BASE, RANDOM
from experiments.report.markup import Figure

INK, MUTED, GRID = "#1d2733", "#5b6775", "#e4e8ee"
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"
WARM = (VERMILION, ORANGE, PURPLE)
OTHERS = (GREEN, SKY, "#6a51a3", "#8c6d31", "#7f7f7f", "#a6006b")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "hexagon", "triangle-down", "pentagon")
DIVERGING = [[0.0, "#b84a00"], [0.25, "#eba46f"], [0.5, "#f7f8fa"], [0.75, "#7fb6d9"], [1.0, "#00598c"]]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def arm_colours(report: Report) -> dict[str, str]:
    """Arm → colour: the main arm blue, joint arms warm, the base black, the rest in turn."""
    joint = [name for name, arm in report.arms.items() if arm.role == "joint" and name != report.main]
    found = {BASE: INK, RANDOM: MUTED, report.main: BLUE, **_in_turn(joint, WARM)}
    return found | _in_turn([name for name in report.arms if name not in found], OTHERS)


def _in_turn(arms: Sequence[str], colours: Sequence[str]) -> dict[str, str]:
    return {arm: colours[index % len(colours)] for index, arm in enumerate(arms)}


def arm_symbols(report: Report) -> dict[str, str]:
    """Arm → marker, so that colour is never the only difference."""
    return {arm: SYMBOLS[index % len(SYMBOLS)] for index, arm in enumerate((BASE, RANDOM, *report.arms))}


def tint(value: float | None, scale: float) -> str | None:
    """CSS for a table cell: blue for a gain, orange for a loss, stronger towards `scale`."""
    if value is None or scale <= 0:
        return None
    strength = min(abs(value) / scale, 1.0) * 0.45
    red, green, blue = (0, 114, 178) if value > 0 else (213, 94, 0)
    return f"background:rgba({red},{green},{blue},{strength:.2f})"


def layout(height: int, **more: Any) -> dict[str, Any]:
    """Layout that all figures share."""
    return {
        "height": height,
        "autosize": True,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": INK},
        "margin": {"l": 12, "r": 16, "t": 12, "b": 44},
        "showlegend": False,
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": GRID, "font": {"family": FONT, "size": 12, "color": INK}},
        **more,
    }


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with a light grid."""
    return {
        "title": {"text": title, "font": {"size": 12, "color": MUTED}},
        "gridcolor": GRID,
        "zerolinecolor": "#aab4c0",
        "linecolor": GRID,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


def error_bars(shown: Sequence[Interval]) -> dict[str, Any]:
    """Asymmetric error bars of estimates that are there; without length where the ends are missing."""
    up = [max(one.ends[1] - one.value, 0.0) if one.ends else 0.0 for one in shown]
    down = [max(one.value - one.ends[0], 0.0) if one.ends else 0.0 for one in shown]
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.6, "width": 4}


def figure(traces: Sequence[dict[str, Any]], look: dict[str, Any]) -> Figure:
    """Traces and layout together."""
    return {"data": list(traces), "layout": look}
