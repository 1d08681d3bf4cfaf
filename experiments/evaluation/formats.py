"""Answers in several formats of the prompt are marked format by format."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from domains.rewards import Reward
from experiments.evaluation.marking import mark
from experiments.nodes.details import Formatted
from experiments.nodes.formats import FORMATS
from experiments.nodes.outputs import Output


def marked_formats(
    domain: str, reward: Reward, items: Sequence[Example], outputs: Sequence[Output]
) -> dict[str, Formatted] | None:
    """Every format's answers to `items`, whose prompts are as the domain has them. None where none were asked for."""
    if not outputs:
        return None
    each = len(outputs) // len(items) // len(FORMATS)
    found = {}
    for at, name in enumerate(FORMATS):
        mine = [one for one in outputs if one.sample // each == at]
        marks = mark(domain, reward, items, mine)
        ends = all(one.finish for one in mine)
        found[name] = Formatted(
            scores=tuple(one.score for one in marks),
            found=tuple(one.parsed is not None for one in marks),
            cut=tuple(one.finish == "length" for one in mine) if ends else None,
        )
    return found
