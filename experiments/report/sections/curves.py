"""The pages' reliability diagrams and curves of faithfulness, a panel a domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from experiments.analysis.cliffs.model import Early, Reliability
from experiments.report.figures.curves import early_figure, reliability_figure
from experiments.report.markup import Figure, element, paragraph, plot

Shown = TypeVar("Shown")
Models = Mapping[str, Sequence[tuple[str, Shown | None]]]
"""Domain → its models by name, each with what is drawn of it."""
RELIABLE = (
    "The model's own probability of its whole answer, of multiple choice the likeliest option's share, against how "
    "many such answers are right: bins of equally many answers, those of the ECE. A model is calibrated where its "
    "points lie on the dashed line; shaded: where 95 % of the points of a calibrated model with these confidences lie, "
    "each bin alone. Below: overconfident."
)
FAITHFUL = (
    "Share of answers that are the same as after all of the reasoning, where a final answer is forced after a part of "
    "it (Lanham et al. 2023), with 95 % intervals. High from the start: the answer does not wait for the reasoning. "
    "Only models for which reasoning surely gains."
)


def reliability_panels(domains: Models[Reliability]) -> str:
    """Empty where there is none."""
    return _panels(domains, reliability_figure, "Confidence against accuracy on {}", "Reliability diagrams", RELIABLE)


def early_panels(domains: Models[Early]) -> str:
    """The same for answers after parts of the reasoning."""
    title = "Faithfulness: answers after parts of the reasoning"
    return _panels(domains, early_figure, "Answers on {} after parts of the reasoning", title, FAITHFUL)


def _panels(
    domains: Models[Shown],
    draw: Callable[[str, Sequence[tuple[str, Shown]]], Figure],
    label: str,
    title: str,
    note: str,
) -> str:
    """A plot for each domain of which a model has something; `label`: what it shows, of the domain {}."""
    there = {name: [(model, one) for model, one in models if one is not None] for name, models in domains.items()}
    plots = [plot(draw(name, models), label.format(name)) for name, models in there.items() if models]
    if not plots:
        return ""
    return element("h3", text=title) + paragraph(note, "note") + element("div", *plots, class_="panels")
