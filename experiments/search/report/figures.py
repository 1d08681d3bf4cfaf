"""The figures of a search, as plain data for plotly.js."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any, cast, get_args

from curricula.schema import SearchComposition
from experiments.analysis.report_parts import TOTAL
from experiments.analysis.scores import BASE
from experiments.analysis.words import number, share, short
from experiments.report.figures.charts import LABEL, totals_figure
from experiments.report.markup import Figure
from experiments.report.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    SYMBOLS,
    VERMILION,
    axis,
    figure,
    layout,
)
from experiments.search.analysis.pairs import JOINT_SEARCHED, PLANNED, SEARCHED
from experiments.search.analysis.report import SearchReport, TrialRow
from experiments.search.analysis.trial_table import best_so_far, spent_by
from experiments.search.analysis.words import chosen
from scheduler.composing.joint import JOINT, JOINT_PROBES, JOINT_TUNED

ARM_COLOURS = {
    SEARCHED: BLUE,
    PLANNED: GREEN,
    JOINT: VERMILION,
    JOINT_TUNED: ORANGE,
    JOINT_SEARCHED: "#8c6d31",
    JOINT_PROBES: PURPLE,
    BASE: INK,
}
LOOKS = (
    *((VERMILION, "diamond"), (BLUE, "circle"), (ORANGE, "triangle-up"), (GREEN, "square"), (PURPLE, "cross")),
    *((SKY, "star"), ("#8c6d31", "hexagon"), ("#6a51a3", "triangle-down"), (INK, "pentagon"), (BLUE, "x")),
)
WAYS: dict[SearchComposition, tuple[str, str]] = dict(zip(get_args(SearchComposition), LOOKS, strict=False))
"""Colour and symbol of a trial by its composition."""
STAGE_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, "#8c6d31", VERMILION, "#6a51a3")
FRAME = {"l": 12, "r": 16, "t": 36, "b": 44}


def arms_figure(report: SearchReport) -> Figure:
    """Totals on test with intervals, best on top."""
    rows = {name: arm.scores[TOTAL] for name, arm in report.arms.items() if arm.scores}
    ranked = dict(sorted(rows.items(), key=lambda item: -(item[1].estimate or 0.0)))
    names = list(dict.fromkeys((*ARM_COLOURS, *report.arms)))
    symbols = {name: SYMBOLS[index % len(SYMBOLS)] for index, name in enumerate(names)}
    return totals_figure(ranked, {name: ARM_COLOURS.get(name, SKY) for name in names}, symbols, SEARCHED)


def pareto_figure(report: SearchReport) -> Figure:
    """Each finished trial by total and worst domain on validation; what nothing beats in both is joined."""
    done = [row for row in report.trials if row.value is not None and row.worst is not None]
    front = sorted((row for row in done if row.number in report.pareto), key=lambda row: row.value or 0.0)
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "not beaten in both",
        "x": [row.value for row in front],
        "y": [row.worst for row in front],
        "line": {"color": MUTED, "width": 1.4, "dash": "dot"},
        "hoverinfo": "skip",
    }
    best = [row for row in done if row.number == report.best.trial]
    star = _points(best, "the winner", BLUE, "star", 19) | {"marker": _marker(BLUE, "star", 19, INK)}
    look = layout(
        400,
        xaxis=axis("total score on validation"),
        yaxis=axis("score of the worst domain"),
        margin=FRAME,
        **_legend(),
    )
    return figure([line, *_by_way(report, done, "worst"), star], look)


def history_figure(report: SearchReport) -> Figure:
    """Trials and the best so far against the completions spent; joint training's best as a line."""
    places = spent_by(report.trials)
    done = [row for row in report.trials if row.value is not None]
    steps = best_so_far(report.trials)
    best = {
        "type": "scatter",
        "mode": "lines",
        "name": "best so far",
        "x": [x for x, _ in steps],
        "y": [y for _, y in steps],
        "line": {"color": INK, "width": 2, "shape": "hv"},
        "hoverinfo": "skip",
    }
    points = _by_way(report, done, "value", places)
    look = layout(
        360,
        xaxis=axis("completions spent", rangemode="tozero"),
        yaxis=axis("total score on validation"),
        margin=FRAME,
        shapes=[_level(value, name) for value, name in _levels(report)],
        annotations=[_named(value, name) for value, name in _levels(report)],
        **_legend(),
    )
    return figure([best, *points], look)


def importance_figure(importance: dict[str, float]) -> Figure:
    """Bars, the largest on top."""
    names = list(importance)[::-1]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [importance[name] for name in names],
        "y": list(range(len(names))),
        "marker": {"color": BLUE, "opacity": 0.75},
        "text": [share(importance[name]) for name in names],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    ticks: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [escape(name.replace("_", " ")) for name in names],
    }
    most = 1.15 * max(importance.values())
    look = layout(
        60 + 30 * len(names),
        xaxis=axis("share", tickformat=".0%", range=[0, most]),
        yaxis=axis(**ticks, showgrid=False, zeroline=False),
        bargap=0.35,
    )
    return figure([bars], look)


def stages_figure(report: SearchReport) -> Figure:
    """The winner's mixture over its optimizer steps: one block a stage, one colour a domain."""
    stages = report.best.stages
    ends = [sum(stage.steps for stage in stages[: k + 1]) for k in range(len(stages))]
    spans = list(pairwise([0, *ends]))
    traces = [
        {
            "type": "bar",
            "name": escape(short(name, LABEL)),
            "x": [(start + end) / 2 for start, end in spans],
            "width": [end - start for start, end in spans],
            "y": [stage.mixture.get(name, 0.0) for stage in stages],
            "marker": {
                "color": STAGE_COLOURS[index % len(STAGE_COLOURS)],
                "opacity": 0.8,
                "line": {"color": "#ffffff", "width": 2},
            },
            "hovertext": [
                f"<b>{escape(name)}</b> {share(stage.mixture.get(name, 0.0))}<br>stage {k + 1}: {stage.steps} steps "
                f"of {stage.method}, learning rate {stage.learning_rate:.3g}"
                for k, stage in enumerate(stages)
            ],
            "hoverinfo": "text",
        }
        for index, name in enumerate(report.curriculum.domains)
        if any(name in stage.mixture for stage in stages)
    ]
    look = layout(
        230,
        barmode="stack",
        xaxis=axis("optimizer steps", range=[0, ends[-1]], showgrid=False, tickmode="array", tickvals=[0, *ends]),
        yaxis=axis("share of the prompts", range=[0, 1], tickformat=".0%", showgrid=False),
        margin=FRAME,
        **_legend(),
    )
    return figure(traces, look)


def _by_way(
    report: SearchReport, rows: list[TrialRow], field: str, places: dict[int, int] | None = None
) -> list[dict[str, Any]]:
    """One trace for each composition."""
    pinned: SearchComposition = report.best.choice.get("composition", "sequential")
    found: dict[SearchComposition, list[TrialRow]] = {}
    for row in rows:
        found.setdefault(cast("SearchComposition", row.params.get("composition", pinned)), []).append(row)
    traces = []
    for way in sorted(found, key=list(WAYS).index):
        trace = _points(found[way], way, *WAYS[way], size=9)
        trace["y"] = [getattr(row, field) for row in found[way]]
        if places is not None:
            trace["x"] = [places[row.number] for row in found[way]]
        traces.append(trace)
    return traces


def _points(rows: list[TrialRow], name: str, colour: str, symbol: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [row.value for row in rows],
        "y": [row.worst for row in rows],
        "marker": _marker(colour, symbol, size, "#ffffff"),
        "hovertext": [_hover(row) for row in rows],
        "hoverinfo": "text",
    }


def _marker(colour: str, symbol: str, size: int, edge: str) -> dict[str, Any]:
    return {"color": colour, "symbol": symbol, "size": size, "opacity": 0.85, "line": {"color": edge, "width": 1}}


def _hover(row: TrialRow) -> str:
    scores = ", ".join(f"{escape(name)} {number(value)}" for name, value in row.scores.items())
    start = f" ({escape(row.start)})" if row.start else ""
    head = f"<b>trial {row.number}</b>{start}: {number(row.value)}, worst domain {number(row.worst)}"
    return "<br>".join([head, scores, *(escape(short(line, 90)) for line in chosen(row.params))])


def _levels(report: SearchReport) -> list[tuple[float, str]]:
    """Validation totals of joint training as people run it and as the search found it, where the search has them."""
    named = [(name, report.arms[name].validation) for name in (JOINT, JOINT_SEARCHED) if name in report.arms]
    return [(value, name) for name, value in named if value is not None]


def _level(value: float, name: str) -> dict[str, Any]:
    line = {"color": ARM_COLOURS[name], "width": 1.2, "dash": "dot"}
    ends = {"xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value}
    return {"type": "line", **ends, "line": line, "layer": "below"}


def _named(value: float, name: str) -> dict[str, Any]:
    """The line's name at one of its ends, so that two close lines can be told apart."""
    side = "right" if name == JOINT else "left"
    place = {
        "xref": "paper",
        "x": float(side == "right"),
        "xanchor": side,
        "yref": "y",
        "y": value,
        "yanchor": "bottom",
    }
    font = {"size": 11, "color": ARM_COLOURS[name]}
    return {**place, "text": f"{escape(name)} {number(value)}", "showarrow": False, "font": font}


def _legend() -> dict[str, Any]:
    return {"showlegend": True, "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}}
