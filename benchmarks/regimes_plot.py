"""What following the advice, always mixing and always staging lose, regime by regime, as a picture.

    python -m benchmarks.regimes 50 > regimes.json
    python -m benchmarks.regimes_plot regimes.json docs/stage_or_mix.svg

White background, so that it can be read on any page; colours by Okabe & Ito.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.arguments import arguments

LOOKS = {
    "lost_by_mixing": ("always mix", "#CC79A7", "s"),
    "lost_by_staging": ("always the planned order", "#E69F00", "^"),
    "lost": ("the plan's advice", "#0072B2", "o"),
}


def draw(found: Mapping[str, Any]) -> Figure:
    """A row a regime, and one for all of them."""
    rows: Mapping[str, Mapping[str, list[float]]] = found["probed"]
    with mpl.rc_context({"font.size": 9, "svg.hashsalt": "stagewise", "axes.edgecolor": "#6b6b6b"}):
        figure = Figure(figsize=(7, 3.4), layout="constrained")
        axes = figure.subplots()
        places = range(len(rows))
        for key, (label, colour, mark) in LOOKS.items():
            means = [row[key][0] for row in rows.values()]
            ends = [
                [row[key][0] - row[key][1] for row in rows.values()],
                [row[key][2] - row[key][0] for row in rows.values()],
            ]
            axes.errorbar(means, places, xerr=ends, fmt=mark, color=colour, label=label, markersize=6, elinewidth=1)
        axes.set_yticks(places, list(rows))
        axes.invert_yaxis()
        axes.set_xlim(left=-0.002)
        axes.grid(axis="x", color="#dddddd")
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.set_xlabel("score lost against the best of the three")
        axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.9))
    return figure


if __name__ == "__main__":
    results, picture = arguments(__doc__, 2)
    draw(json.loads(Path(results).read_text("utf-8"))).savefig(picture, metadata={"Date": None})
