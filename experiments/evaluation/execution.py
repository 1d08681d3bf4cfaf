"""What answers would be worth with their sums done right, by the same reward."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from domains.rewards import Reward, kind_of, score_group
from experiments.measures.execution import carried_out
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.setup import SetupDomain


def executed(
    name: str,
    domain: SetupDomain,
    reward: Reward,
    items: Sequence[Example],
    answers: Sequence[Output],
    marks: Sequence[Marked],
) -> tuple[float, ...] | None:
    """One score for each answer, which is its own where all its sums are right; None where that is so of all.

    Also None for creative domains, whose answers are marked against one another, and for rewards that ask another
    model, which would have to be asked again.
    """
    if domain.kind != "structured" or kind_of(domain.primary).borrow:
        return None
    each = len(answers) // len(items)
    scores = [one.score for one in marks]
    changed = False
    for at, item in enumerate(items):
        rows = range(at * each, (at + 1) * each)
        said = [answers[row].text or "" for row in rows]
        right = [carried_out(text, item.prompt) for text in said]
        if said != right:
            changed = True
            for row, mark in zip(rows, score_group(name, reward, right, item), strict=True):
                scores[row] = mark.score
    return tuple(scores) if changed else None
