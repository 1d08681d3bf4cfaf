"""Every domain's change of score between two models, beside that of its references' likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domains.interval import Interval
from experiments.analysis.cliffs.model import Contrast
from experiments.analysis.cliffs.verdicts import VERDICTS, Kind
from experiments.analysis.words import short, signed, signed_span
from experiments.report.markup import Figure
from experiments.report.style import BLUE, MUTED, VERMILION, axis, error_bars, figure, layout

SHADES: Mapping[Kind, str] = {"worse": VERMILION, "better": BLUE}
SCORES, BITS = (0.0, 0.56), (0.62, 1.0)
"""Where the two axes lie, as shares of the width, where there is a likelihood."""


def forest_figure(contrasts: Mapping[str, Contrast]) -> Figure:
    """A dot a domain and measure, the first domain on top; scores alone where no domain has a likelihood."""
    rows = list(contrasts.items())[::-1]
    names = [short(name, 32) for name, _ in rows]
    scores = _dots(names, [score.change for _, score in rows], [score.reason for _, score in rows]) | {
        "marker": {"size": 10, "color": [SHADES.get(VERDICTS[score.verdict].kind, MUTED) for _, score in rows]}
    }
    likely = [(name, score.likelihood.interval) for name, (_, score) in zip(names, rows, strict=True)]
    there = [(name, bits) for name, bits in likely if bits.estimate is not None]
    look: dict[str, Any] = {"xaxis": axis("change of the score", zeroline=True), "yaxis": axis()}
    if not there:
        return figure([scores], layout(80 + 34 * len(rows), **look))
    told = [f"{signed(bits.estimate)} ({signed_span(bits)}) bits/byte" for _, bits in there]
    beside = _dots([name for name, _ in there], [bits for _, bits in there], told) | {
        "xaxis": "x2",
        "marker": {"size": 9, "color": MUTED, "symbol": "square"},
    }
    look["xaxis"] |= {"domain": list(SCORES)}
    look["xaxis2"] = axis("of bits/byte, turned", zeroline=True, domain=list(BITS), autorange="reversed")
    return figure([scores, beside], layout(80 + 34 * len(rows), **look))


def _dots(names: Sequence[str], changes: Sequence[Interval], hovers: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [change.estimate for change in changes],
        "y": list(names),
        "error_x": error_bars(changes) | {"color": MUTED},
        "hovertext": list(hovers),
        "hoverinfo": "text",
    }
