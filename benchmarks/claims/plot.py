"""The comparisons of some claims as a picture, from what `python -m benchmarks.claims` printed.

    python -m benchmarks.claims FILE --store runs | tail -1 > claims.json
    python -m benchmarks.claims.plot claims.json claims.svg 1 5

A panel a claim, by its number. White background, so that it can be read on any page; colours by Okabe & Ito.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.arguments import arguments

COLOURS = {"as expected": "#0072B2", "contrary": "#D55E00", "undecided": "#8a8a8a"}
ROW, HEAD = 0.19, 0.75
"""Inches of a comparison, and of a panel's title and axis."""


def draw(found: Sequence[Mapping[str, Any]], numbers: Sequence[int]) -> Figure:
    """Changes with their intervals, coloured by what Holm's correction leaves of them; missing ones are left out."""
    panels = [(at, found[at - 1], [one for one in found[at - 1]["comparisons"] if one["change"]]) for at in numbers]
    heights = [HEAD + ROW * len(rows) for _, _, rows in panels]
    with mpl.rc_context({"font.size": 8, "svg.hashsalt": "stagewise", "axes.edgecolor": "#6b6b6b"}):
        figure = Figure(figsize=(7, sum(heights)), layout="constrained")
        axes = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
        for at, (number, claim, rows) in enumerate(panels):
            _panel(axes[at][0], f"{number}. {claim['claim']}: {claim['outcome']}", rows)
    return figure


def _panel(axes: Axes, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    for place, one in enumerate(rows):
        middle, low, high = one["change"]
        colour = COLOURS.get(one["finding"], COLOURS["undecided"])
        axes.plot([middle if low is None else low, middle if high is None else high], [place, place], color=colour)
        axes.plot(middle, place, ">" if one["expected"] == "up" else "<", color=colour, markersize=4)
    axes.axvline(0, color="#6b6b6b", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [one["what"].removeprefix("probe-") for one in rows])
    axes.invert_yaxis()
    axes.set_title(title, loc="right", fontsize=9)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    results, picture, *numbers = arguments(__doc__, 2)
    claims = json.loads(Path(results).read_text("utf-8"))
    draw(claims, [int(number) for number in numbers]).savefig(picture, metadata={"Date": None})
