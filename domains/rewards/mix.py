"""A domain's rewards together: the weighted mean of their scores, and the answer that was found."""

from __future__ import annotations

from collections.abc import Sequence

from domains.errors import DataError, StageError, shorten
from domains.example import Example
from domains.rewards.base import Mark, Reward
from domains.rewards.guard import checked
from domains.rewards.lent import Lent
from domains.rewards.naming import called
from domains.rewards.table import RewardSpec, kind_of


def build_reward(spec: RewardSpec, train: Sequence[Example], lent: Lent | None = None) -> Reward:
    """The reward that `spec` names; some learn words from `train`, some need what is `lent`. See `checked`.

    Alone it must mark all completions: a mark that abstains is a StageError.
    """
    part = _part(spec, train, lent)

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        marks = part(completions, example)
        _refuse_silence(completions, [marks], [called(spec)])
        return marks

    return reward


def build_mix(specs: Sequence[RewardSpec], train: Sequence[Example], lent: Lent | None = None) -> Reward:
    """The rewards together: the weighted mean of their scores, and the answer that the first of them found.

    "First" is the curriculum's order; rewards of weight 0 are not even built. One that abstains is left out of that
    completion's mean; where all do, that is a StageError. A completion counts as stopped, abstained from or unread
    where any of the rewards says so. Raises DataError where all weights are zero.
    """
    if sum(spec.weight for spec in specs) <= 0:
        raise DataError("reward weights must not sum to zero", key="rewards", value=0.0)
    used = [spec for spec in specs if spec.weight > 0]
    weights = [spec.weight for spec in used]
    parts = [_part(spec, train, lent) for spec in used]

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        columns = [part(completions, example) for part in parts]
        _refuse_silence(completions, columns, [called(spec) for spec in used])
        return [_together(weights, marks) for marks in zip(*columns, strict=True)]

    return reward


def _part(spec: RewardSpec, train: Sequence[Example], lent: Lent | None) -> Reward:
    return checked(called(spec), kind_of(spec).made(spec, train, lent))


def _refuse_silence(completions: Sequence[str], columns: Sequence[Sequence[Mark]], names: Sequence[str]) -> None:
    """Raise StageError where every reward abstains from one completion."""
    for text, *marks in zip(completions, *columns, strict=True):
        if all(mark.abstains for mark in marks):
            which = f"{names[0]} gave None" if len(names) == 1 else f"all of {', '.join(names)} gave None"
            raise StageError("reward", f"{which} for {shorten(text)}, and no other reward scores it")


def _together(weights: Sequence[float], marks: Sequence[Mark]) -> Mark:
    heard = [(weight, mark) for weight, mark in zip(weights, marks, strict=True) if not mark.abstains]
    total = sum(weight for weight, _ in heard)
    score = sum(weight / total * mark.score for weight, mark in heard)
    parsed = next((mark.parsed for mark in marks if mark.parsed is not None), None)
    return Mark(
        min(1.0, score),
        parsed,
        stopped=any(mark.stopped for mark in marks),
        abstains=any(mark.abstains for mark in marks),
        unread=any(mark.unread for mark in marks),
    )
