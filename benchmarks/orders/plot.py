"""The regret curves as a picture.

    python -m benchmarks.orders.regret > benchmarks/orders/regret.json
    python -m benchmarks.orders.plot benchmarks/orders/regret.json docs/regret.svg

Curves are means over seeds and draws with 95 % bands. Planners that use the first level only are points with bars:
their regret stays as it is. White background, so that it can be read on any page; colours by Okabe & Ito.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FONT = 8.5
FAINT, PLAIN = 0.07, 0.14
"""Bands: of one curriculum they are wide and lie on each other; of all together they are to be read."""
INK, QUIET = "#222222", "#6b6b6b"
Panel = Mapping[str, Mapping[str, Sequence[float]]]
"""strategy → mean, low and high by stage runs."""


@dataclass(frozen=True)
class Look:
    """How one strategy is drawn."""

    label: str
    colour: str
    band: bool = False
    dashes: str = "-"


CURVES = {
    "random": Look("random orders", QUIET, band=True),
    "optuna_random": Look("Optuna random", QUIET, dashes=":"),
    "tpe": Look("TPE", "#CC79A7"),
    "ours": Look("ours", "#0072B2", dashes="--"),
    "ours_warm_pruned": Look("ours, told the plan", "#0072B2", band=True),
}
POINTS = {"bwt": "bwt", "bwt_entropy": "bwt+prior", "greedy": "greedy", "entropy": "entropy"}


def draw(result: Mapping[str, Any]) -> Figure:
    """One panel a curriculum and, if there are several, one for all of them."""
    names = list(next(iter(result["curves"].values())))
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    inked = ("text.color", "axes.labelcolor", "xtick.color", "ytick.color")
    style: Any = {"font.size": FONT, "axes.edgecolor": QUIET, **dict.fromkeys(inked, INK)}
    with mpl.rc_context(style):
        figure = Figure(figsize=(5.6 * columns, 3.7 * rows), layout="constrained")
        parts = figure.subfigures(rows, columns, squeeze=False, wspace=0.04, hspace=0.06)
        for part, name in zip(parts.flat, names, strict=False):
            panel = {strategy: curves[name] for strategy, curves in result["curves"].items()}
            oracle = 100 * result["references"]["oracle"][name]["mean"]
            left, right = part.subplots(1, 2, sharey=True, width_ratios=(1, 3.6))
            part.suptitle(name, fontsize=FONT + 2)
            top = _top(panel)
            _points(left, panel, oracle, top)
            _curves(right, panel, oracle, top, FAINT if name in result["curricula"] else PLAIN)
    return figure


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights at least `gap` apart, in the same order, and no lower than half a gap."""
    placed = np.array(heights, float)
    lowest = gap / 2
    for at in np.argsort(placed, kind="stable"):
        placed[at] = max(placed[at], lowest)
        lowest = placed[at] + gap
    return [float(height) for height in placed]


def main() -> None:
    """Write the picture; its type is the file's ending."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path, help="what benchmarks.orders.regret printed")
    parser.add_argument("picture", type=Path, nargs="?", default=Path("docs/regret.svg"))
    given = parser.parse_args()
    # No date and no random names inside: the same figures give the same bytes.
    mpl.rcParams["svg.hashsalt"] = "stagewise"
    metadata = {"Date": None} if given.picture.suffix == ".svg" else None
    figure = draw(json.loads(given.result.read_text("utf-8")))
    figure.savefig(given.picture, dpi=150, facecolor="white", metadata=metadata)


def _top(panel: Panel) -> float:
    shown = [found for strategy, found in panel.items() if strategy in CURVES or strategy in POINTS]
    return 115 * max(max(found["mean"]) for found in shown)


def _points(axis: Axes, panel: Panel, oracle: float, top: float) -> None:
    """Planners that stop after the first level: regret with its interval."""
    shown = [strategy for strategy in POINTS if strategy in panel]
    for place, strategy in enumerate(shown):
        mean, low, high = (100 * panel[strategy][key][-1] for key in ("mean", "low", "high"))
        axis.plot([place, place], [max(low, 0), min(high, top)], color=INK, linewidth=1)
        axis.plot([place], [mean], "o", color=INK, markersize=4.5)
    axis.axhline(oracle, color=INK, linewidth=0.6, linestyle=(0, (1, 2)))
    axis.set_xticks(range(len(shown)), [POINTS[strategy] for strategy in shown], rotation=90)
    axis.set(xlim=(-0.6, len(shown) - 0.4), ylim=(0, top))
    axis.tick_params(axis="x", length=0)
    axis.set_ylabel("regret, % of the best order's score")
    axis.set_title(f"planned, {max((_settled(panel[one]['mean']) for one in shown), default=0)} runs", fontsize=FONT)
    axis.spines[["top", "right"]].set_visible(False)


def _curves(axis: Axes, panel: Panel, oracle: float, top: float, opacity: float) -> None:
    shown = {strategy: look for strategy, look in CURVES.items() if strategy in panel}
    for strategy, look in shown.items():
        _curve(axis, panel[strategy], look, opacity)
    runs = len(next(iter(panel.values()))["mean"]) - 1
    axis.axhline(oracle, color=INK, linewidth=0.6, linestyle=(0, (1, 2)))
    ends = {look.label: (100 * panel[key]["mean"][-1], look.colour) for key, look in shown.items()}
    _labels(axis, runs, top, {**ends, "oracle: the noise": (oracle, INK)})
    axis.set(xlim=(0, runs), xticks=range(0, runs + 1, max(1, runs // 4)))
    axis.set_xlabel("stage runs spent, the chosen order's included")
    axis.set_title("by runs spent", fontsize=FONT)
    axis.spines[["top", "right"]].set_visible(False)


def _curve(axis: Axes, found: Mapping[str, Sequence[float]], look: Look, opacity: float) -> None:
    runs = np.arange(len(found["mean"]))
    mean, low, high = (100 * np.array(found[key]) for key in ("mean", "low", "high"))
    axis.step(runs, mean, where="post", color=look.colour, linestyle=look.dashes, linewidth=1.6)
    if look.band:
        axis.fill_between(runs, np.maximum(low, 0), high, step="post", color=look.colour, alpha=opacity, linewidth=0)


def _labels(axis: Axes, runs: int, top: float, ends: Mapping[str, tuple[float, str]]) -> None:
    """Names at the right ends, moved apart, in the colour of their lines."""
    heights = spread([end for end, _ in ends.values()], top / 14)
    for (label, (end, colour)), height in zip(ends.items(), heights, strict=True):
        axis.annotate(
            label,
            (runs, end),
            (runs * 1.05, height),
            color=colour,
            fontsize=FONT,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.5,
                "relpos": (0, 0.5),
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )


def _settled(curve: Sequence[float]) -> int:
    """The number of runs at which a curve takes its last value for good."""
    changes = np.flatnonzero(np.diff(curve))
    return int(changes[-1]) + 1 if len(changes) else 0


if __name__ == "__main__":
    main()
