"""Rewards are tried once, on references and on other texts, before anything is trained: what raises is found here."""

from __future__ import annotations

from collections.abc import Sequence

from domains.errors import DataError, StageError, shorten
from domains.example import Example
from domains.rewards import Reward, RewardSpec, build_reward, called, kind_of, primary
from domains.rewards.guard import checked
from domains.spec import DomainSpec

ITEMS = 2
"""Training items on which every reward is tried."""


def try_rewards(spec: DomainSpec, train: Sequence[Example]) -> None:
    """Raise DataError where a reward fails on a reference answer, on no text at all, or on what answers another prompt.

    Rewards that borrow are not asked: they would have to be paid, or loaded.
    """
    items = train[: ITEMS + 1]
    for at, reward in enumerate(spec.rewards):
        if kind_of(reward).borrow:
            continue
        key, built = f"rewards[{at}]", _built(spec, reward, items)
        for item, next_one in zip(items[:ITEMS], [*items[1:], items[0]], strict=False):
            other = next_one.answer if next_one.answer != item.answer else item.prompt
            if item.answer:
                _try(built, [item.answer], item, key, "the reference answers cannot be scored")
            for text in ("", other):
                _try(built, [text], item, key, f"a completion such as {shorten(text)} cannot be scored")
            _try(built, [item.answer, "", other], item, key, "completions of one prompt cannot be scored together")


def _built(spec: DomainSpec, reward: RewardSpec, items: Sequence[Example]) -> Reward:
    """As it is built where the model is trained and examined; one of several may abstain, unless it is the metric."""
    if reward is primary(spec.rewards, spec.metric) or len(spec.rewards) == 1:
        return build_reward(reward, items)
    return checked(called(reward), kind_of(reward).made(reward, items))


def _try(reward: Reward, texts: Sequence[str], item: Example, key: str, rule: str) -> None:
    try:
        reward(texts, item)
    except StageError as error:
        raise DataError(f"{rule}: {error.cause}", key=key) from None
