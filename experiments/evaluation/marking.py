"""What answers are worth: outputs are marked by a domain's reward, apart from having been asked for."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from domains.rewards import Mark, Reward, score_group
from experiments.nodes.outputs import Marked, Output


def mark(domain: str, reward: Reward, items: Sequence[Example], outputs: Sequence[Output]) -> list[Marked]:
    """A mark for each output; all completions of an item are one group, in order."""
    each = len(outputs) // len(items)
    marked: list[Marked] = []
    for at, item in enumerate(items):
        group = outputs[at * each : (at + 1) * each]
        marks = score_group(domain, reward, [one.text or "" for one in group], item)
        marked += [_marked(item, one, given) for one, given in zip(group, marks, strict=True)]
    return marked


def _marked(item: Example, one: Output, given: Mark) -> Marked:
    return Marked(
        item=item.id,
        sample=one.sample,
        score=given.score,
        parsed=given.parsed,
        stopped=given.stopped,
        unread=given.unread,
    )
