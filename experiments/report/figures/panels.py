"""One small figure per domain: where the arms stood after each stage, over optimizer steps."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import pairwise
from typing import Any, Literal

from experiments.analysis.report import Report
from experiments.analysis.report_parts import SeedInterval, TrajectoryPoint
from experiments.analysis.words import number, short, span
from experiments.report.markup import Figure
from experiments.report.style import MUTED, arm_colours, arm_symbols, axis, error_bars, figure, layout

Quantity = Literal["scores", "entropy"]
MORE = 1.05
"""Joint training is rounded up to whole steps."""
UNITS: dict[Quantity, str] = {"scores": "score", "entropy": "entropy, nats per token"}


def shown_first(report: Report) -> tuple[str, ...]:
    """Arms that are visible before anybody touches a box: the main arm, joint training, the reverse order.

    Not joint training that is given more than the main arm's budget: it would squeeze the others.
    """
    most = MORE * _budget(report, report.main)
    arms = report.arms.items()
    joint = [name for name, arm in arms if arm.role == "joint" and (not most or _budget(report, name) <= most)]
    reverse = [name for name, arm in arms if arm.role != "main" and arm.ordering == "reverse"]
    found = [name for name in (report.main, *joint, *reverse) if report.trajectories.get(name)]
    return tuple(found or arms_with_points(report)[:3])


def _budget(report: Report, arm: str) -> int:
    """Completions of all stages; 0 for an arm that is not known yet."""
    return sum(stage.rollouts for stage in report.arms[arm].stages) if arm in report.arms else 0


def arms_with_points(report: Report) -> tuple[str, ...]:
    """Arms that have anything to draw, the main arm first."""
    arms = [arm for arm, points in report.trajectories.items() if points]
    return tuple(sorted(arms, key=lambda arm: arm != report.main))


def panel(report: Report, domain: str, quantity: Quantity) -> Figure | None:
    """Lines of all arms for one domain or the total; None where nothing was measured."""
    first = shown_first(report)
    lines = [_line(report, arm, domain, quantity, arm in first) for arm in arms_with_points(report)]
    if not any(line["x"] for line in lines):
        return None
    look = layout(
        250,
        title={
            "text": f"<b>{escape(short(domain, 34))}</b>",
            "font": {"size": 14},
            "x": 0.01,
            "xanchor": "left",
            "y": 0.97,
        },
        xaxis=axis("optimizer steps", rangemode="tozero"),
        yaxis=axis(UNITS[quantity]),
        margin={"l": 12, "r": 12, "t": 44, "b": 40},
        **_boundaries(report),
    )
    return figure(lines, look)


def _line(report: Report, arm: str, domain: str, quantity: Quantity, visible: bool) -> dict[str, Any]:
    points = [(p, e) for p in report.trajectories[arm] if (e := _value(p, domain, quantity))]
    colour, main = arm_colours(report)[arm], arm == report.main
    bars = error_bars([e for _, e in points])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": arm,
        "meta": arm,
        "visible": visible,
        "x": [p.steps for p, _ in points],
        "y": [e.value for _, e in points],
        "line": {
            "color": colour,
            "width": 2.6 if main else 1.6,
            "dash": "solid" if main else "dash" if report.arms[arm].role == "joint" else "dot",
        },
        "marker": {"size": 8 if main else 7, "symbol": arm_symbols(report)[arm], "color": colour},
        "error_y": bars | {"color": colour, "visible": main, "thickness": 1, "width": 3},
        "hovertext": [_hover(arm, p, e) for p, e in points],
        "hoverinfo": "text",
    }


def _value(point: TrajectoryPoint, domain: str, quantity: Quantity) -> SeedInterval | None:
    values: Mapping[str, SeedInterval] = getattr(point, quantity)
    found = values.get(domain)
    return found if found and found.estimate is not None else None


def _hover(arm: str, point: TrajectoryPoint, found: SeedInterval) -> str:
    where = "base" if point.stage == 0 else f"after stage {point.stage}, {escape(short(point.label, 40))}"
    return f"<b>{escape(arm)}</b><br>{where}<br>{number(found.estimate)} ({span(found)})"


def _boundaries(report: Report) -> dict[str, Any]:
    """Faint lines where the main arm's stages end, named by what each stage mostly trains."""
    points = report.trajectories.get(report.main, ())
    names = len(points) <= 6
    shapes, notes = [], []
    for before, point in pairwise(points):
        place = {"xref": "x", "yref": "paper"}
        line = {"color": "#c5ccd6", "width": 1, "dash": "dot"}
        shapes.append(
            {
                "type": "line",
                **place,
                "x0": point.steps,
                "x1": point.steps,
                "y0": 0,
                "y1": 1,
                "line": line,
                "layer": "below",
            }
        )
        text = escape(short(point.label.split("+")[0], 9)) if names else str(point.stage)
        look = {"showarrow": False, "font": {"size": 10, "color": MUTED}, "yanchor": "bottom"}
        notes.append({**place, "x": (before.steps + point.steps) / 2, "y": 1, "text": text, **look})
    return {"shapes": shapes, "annotations": notes}
