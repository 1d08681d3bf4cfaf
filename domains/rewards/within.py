"""A reward that reads only the part of a completion where the answer stands: `extract` of exact and numeric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from domains.example import Example
from domains.patterns import compiled, search, with_one_group
from domains.rewards.base import Mark, Reward


def _checked(text: str) -> str:
    with_one_group(text)
    return text


Extract = Annotated[str, AfterValidator(_checked)]
"""A regular expression with one group, e.g. ``(?s)<answer>(.*?)</answer>``."""


def within(extract: Extract | None, reward: Reward) -> Reward:
    """`reward` on what the group holds in the first match; 0 and nothing found where nothing matches.

    None: on the whole completion. A search that takes longer than `domains.patterns.LIMIT` is stopped.
    """
    if extract is None:
        return reward
    pattern = compiled(extract)

    def part(text: str) -> str | Mark:
        try:
            match = search(pattern, text)
        except TimeoutError:
            return Mark(0.0, None, stopped=True)
        return Mark(0.0, None) if match is None or match[1] is None else str(match[1])

    def marks(completions: Sequence[str], example: Example) -> list[Mark]:
        parts = [part(text) for text in completions]
        found = iter(reward([one for one in parts if isinstance(one, str)], example))
        return [next(found) if isinstance(one, str) else one for one in parts]

    return marks
