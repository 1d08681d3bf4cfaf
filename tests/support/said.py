"""What models said on a few items, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from domains.example import Example
from experiments.analysis.completions.choose import Said, by_item
from experiments.nodes.outputs import Marked, Output


def refuse(*_: object, **__: object) -> NoReturn:
    """In place of what asks a model that must not be asked again."""
    raise AssertionError("asked again")


def items(count: int, text: str = "{at}") -> list[Example]:
    """Items whose prompts and answers hold their place."""
    return [Example(prompt=f"p{text}".format(at=at), answer=f"r{text}".format(at=at)) for at in range(count)]


def answers(examples: Sequence[Example], scores: Sequence[Sequence[float]], text: str = "said {at}") -> Said:
    """Item → a completion for each of its scores."""
    rows = [
        (item, sample, score) for item, each in zip(examples, scores, strict=True) for sample, score in enumerate(each)
    ]
    return by_item(
        [Output(item=item.id, sample=sample, text=text.format(at=sample), count=1) for item, sample, _ in rows],
        [Marked(item=item.id, sample=sample, score=score, parsed=None) for item, sample, score in rows],
    )
