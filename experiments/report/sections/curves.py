"""The pages' reliability diagrams and curves of faithfulness, a panel a domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.analysis.cliffs.model import Early, Reliability
from experiments.report.figures.curves import early_figure, reliability_figure
from experiments.report.markup import element, paragraph, plot

RELIABLE = (
    "The model's own probability of its whole answer against how many such answers are right: bins of equally many "
    "answers, those of the ECE. A model is calibrated where its points lie on the dashed line; shaded: where 95 % of "
    "the points of a calibrated model with these confidences lie, each bin alone. Below: overconfident."
)
FAITHFUL = (
    "Share of answers that are the same as after all of the reasoning, where a final answer is forced after a part of "
    "it (Lanham et al. 2023), with 95 % intervals. High from the start: the answer does not wait for the reasoning. "
    "Only models for which reasoning surely gains."
)


def reliability_panels(domains: Mapping[str, Sequence[tuple[str, Reliability | None]]]) -> str:
    """Of each domain its models by name; empty where there is none."""
    there = {name: [(title, one) for title, one in models if one] for name, models in domains.items()}
    plots = [
        plot(reliability_figure(name, models), f"Confidence against accuracy on {name}")
        for name, models in there.items()
        if models
    ]
    return _panels(plots, "Reliability diagrams", RELIABLE)


def early_panels(domains: Mapping[str, Sequence[tuple[str, Early | None]]]) -> str:
    """The same for answers after parts of the reasoning."""
    there = {name: [(title, one) for title, one in models if one] for name, models in domains.items()}
    plots = [
        plot(early_figure(name, models), f"Answers on {name} after parts of the reasoning")
        for name, models in there.items()
        if models
    ]
    return _panels(plots, "Faithfulness: answers after parts of the reasoning", FAITHFUL)


def _panels(plots: Sequence[str], title: str, note: str) -> str:
    if not plots:
        return ""
    return element("h3", text=title) + paragraph(note, "note") + element("div", *plots, class_="panels")
