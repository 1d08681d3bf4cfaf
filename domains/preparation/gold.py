"""Reference answers are tried on the rewards that will judge completions, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from domains.errors import DataError, StageError
from domains.example import Example, Split
from domains.preparation.tried import try_rewards
from domains.rewards import Reward, build_reward, called, kind_of, primary
from domains.spec import DomainSpec

SCORED = 32
"""Training items whose reference answers are scored."""
LEAST = 0.5
READ = 20_000
"""Items of a split whose reference answers are looked at by rewards that read values."""


def check_gold(
    spec: DomainSpec, splits: Mapping[Split, Sequence[Example]], place: Callable[[Example], str | None]
) -> None:
    """Reference answers of a structured domain must be readable, and score high by its primary metric; and no reward of
    any domain may fail on the texts of `try_rewards`. Else DataError. Without answers there is nothing to be right by.

    `place`: where an item's row stands. Rewards that borrow (see `RewardKind`) are not asked for scores: they would
    have to be paid, or loaded.
    """
    if spec.kind == "structured" and spec.answer is not False:
        _check_right(spec, splits, place)
    try_rewards(spec, splits["train"])


def _check_right(
    spec: DomainSpec, splits: Mapping[Split, Sequence[Example]], place: Callable[[Example], str | None]
) -> None:
    _check_readable(spec, splits, place)
    chosen, train = primary(spec.rewards, spec.metric), splits["train"]
    if kind_of(chosen).borrow:
        return
    reward, metric = build_reward(chosen, train), called(chosen)
    items, scores = train[:SCORED], []
    for item in items:
        try:
            mark = reward([item.answer], item)[0]
        except StageError as error:
            raise DataError(f"the reference answers cannot be scored: {error.cause}", key="rewards") from None
        # At the first one: what does not end would take its limit for every item.
        if mark.stopped:
            raise DataError(
                f"{metric!r} must score every reference answer in time, it was stopped on",
                key="rewards",
                value=item.answer,
                hint=kind_of(chosen).slow,
            )
        scores.append(mark.score)
    mean = sum(scores) / len(scores)
    if mean < LEAST:
        raise DataError(
            f"the reference answers must score 1 by {metric!r}, their mean is {mean:.2f}; the first that does not",
            key="rewards",
            value=next(item.answer for item, score in zip(items, scores, strict=True) if score < 1),
            hint="Do the answer template and the reward ask for the same form?",
        )
    if spec.final is not None:
        _check_final(spec.final, reward, metric, items)


def _check_final(final: str, reward: Reward, metric: str, items: Sequence[Example]) -> None:
    """An answer that is forced by `final` must be one that the metric reads."""
    scores = [reward([final + item.reference], item)[0].score for item in items]
    if sum(scores) / len(scores) < LEAST:
        raise DataError(
            f"a right answer that follows `final` must score 1 by {metric!r}, the first that does not",
            key="final",
            value=next(final + item.reference for item, score in zip(items, scores, strict=True) if score < 1),
            hint="What does the metric look for before the answer? Write that as `final`.",
        )


def _check_readable(
    spec: DomainSpec, splits: Mapping[Split, Sequence[Example]], place: Callable[[Example], str | None]
) -> None:
    """Every reference answer must be one that each reward can find in a completion; of long splits the first `READ`."""
    for reward in spec.rewards:
        unreadable = kind_of(reward).unreadable
        if unreadable is None:
            continue
        for items in splits.values():
            seen = items[:READ]
            answer = unreadable(reward, [item.reference for item in seen])
            if answer is not None:
                raise DataError(
                    f"{called(reward)!r} finds no number and no expression in a reference answer",
                    file=place(next(item for item in seen if item.reference == answer)),
                    key="answer" if spec.reference is None else "reference",
                    value=answer,
                    hint="No completion could be right but the same text: leave such rows out, or score by `exact`.",
                )
