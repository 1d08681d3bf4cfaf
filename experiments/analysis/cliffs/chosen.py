"""Multiple choice by likelihood: what models would choose among an item's options, as readings."""

from __future__ import annotations

from collections.abc import Callable

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import GAP, SHARE, Both, Ends, additive, bounded, skipped
from experiments.measures import choice as measure
from experiments.measures.spec import MeasureSpec, Name
from experiments.nodes.options import OptionsRead

NO_OPTIONS = "the domain names no `options`, they were not read, or a log does not say of every item which is right"
NO_LENGTHS = "how long the options are was not logged"
BRIER: Ends = (0.0, 2.0)
"""Between which the Brier score over all options lies."""
MEASURES = {
    "acc_mc": MeasureSpec(
        "choice", "share of items", "the likeliest option is right (lm-evaluation-harness' acc)", "up", "logits", "A"
    ),
    "acc_cc": MeasureSpec(
        "choice above chance", "share above chance", "(z − 1/K) / (1 − 1/K), the likeliest option", "up", "logits", "A"
    ),
    "acc_cc_norm": MeasureSpec(
        "choice above chance, by length",
        "share above chance",
        "the same, the option with the largest ln p per character (lm-evaluation-harness' acc_norm)",
        "up",
        "logits",
        "A",
    ),
    "brier_mc": MeasureSpec(
        "Brier over options", "squared probability", "Σ over options of (p − y)², Brier 1950", "down", "logits", "A"
    ),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    right, there = (of_options(sides.pair, of) for of in (measure.chosen_right, measure.above_chance))
    if right is None or there is None:
        return {name: skipped(NO_OPTIONS) for name in MEASURES}
    step = max(measure.step(one.options) for one in sides.pair.after if one.options)
    by_length = of_options(sides.pair, measure.above_chance_by_length)
    return {
        "acc_mc": bounded(right, SHARE, NO_OPTIONS),
        "acc_cc": bounded(there, GAP, NO_OPTIONS, step),
        "acc_cc_norm": skipped(NO_LENGTHS) if by_length is None else bounded(by_length, GAP, NO_OPTIONS, step),
        "brier_mc": additive(of_options(sides.pair, measure.brier), NO_OPTIONS, ends=BRIER),
    }


def of_options(pair: PairedAnswers, of: Callable[[OptionsRead], object]) -> Both | None:
    """(before, after), each (seeds, items); None where options were not read everywhere."""
    return pair.of_each(lambda one: None if one.options is None else of(one.options))


FAMILY = Family(MEASURES, _read)
