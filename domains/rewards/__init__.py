"""Rewards: a score in [0, 1] and the answer that was found. One file per reward: its YAML (`…Reward`) and its `build`.

To add a reward: write the file, then name it in `RewardSpec`, in `BUILDERS` and in `VERSIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from domains.errors import DataError, StageError, shorten
from domains.example import Example
from domains.rewards import creative, exact, function, numeric, pattern, scorer
from domains.rewards.base import Mark, Reward
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.function import FunctionReward, with_code
from domains.rewards.guard import checked, score_group
from domains.rewards.identity import Version
from domains.rewards.numeric import NumericReward
from domains.rewards.pattern import PatternReward
from domains.rewards.scorer import ScorerReward

RewardSpec = Annotated[
    ExactReward | NumericReward | PatternReward | ScorerReward | CreativeReward | FunctionReward,
    Field(discriminator="type"),
]
BUILDERS: dict[str, Callable[[Any, Sequence[Example]], Reward]] = {
    "exact": exact.build,
    "numeric": numeric.build,
    "regex": pattern.build,
    "scorer": scorer.build,
    "creative": creative.build,
    "function": function.build,
}

VERSIONS: dict[str, Version] = {
    "exact": exact.VERSION,
    "numeric": numeric.VERSION,
    "regex": pattern.VERSION,
    "scorer": scorer.VERSION,
    "creative": creative.VERSION,
    "function": function.VERSION,
}
MIX_VERSION = Version(1)
"""Of `build_reward` and `build_mix`, which every reward goes through."""

__all__ = [
    "BUILDERS",
    "Mark",
    "Reward",
    "RewardSpec",
    "build_mix",
    "build_reward",
    "called",
    "meant",
    "primary",
    "reward_identity",
    "score_group",
    "unreadable",
    "with_codes",
]


def called(spec: RewardSpec) -> str:
    """What a reader knows the reward by."""
    return spec.name or spec.type


def meant(specs: Sequence[RewardSpec], metric: str | None) -> list[RewardSpec]:
    """The rewards that `metric` may mean: those of that name, else those of that type.

    Without a metric it is the first; where that has no name, all of its type are meant. One is as it should be.
    """
    metric = called(specs[0]) if metric is None else metric
    return [spec for spec in specs if spec.name == metric] or [spec for spec in specs if spec.type == metric]


def primary(specs: Sequence[RewardSpec], metric: str | None) -> RewardSpec:
    """The reward that is the domain's metric. The curriculum's checks hold that there is one."""
    return meant(specs, metric)[0]


def with_codes(specs: Sequence[RewardSpec], base: Path) -> tuple[RewardSpec, ...]:
    """The rewards, with the code that the files of user's functions hold now; relative paths start at `base`.

    Raises DataError with the key below ``rewards[i]``.
    """
    return tuple(_with_code(spec, base, i) for i, spec in enumerate(specs))


def _with_code(spec: RewardSpec, base: Path, i: int) -> RewardSpec:
    if not isinstance(spec, FunctionReward):
        return spec
    try:
        return with_code(spec, base)
    except DataError as error:
        key = f"rewards[{i}].{error.key}" if error.key else f"rewards[{i}].file"
        raise DataError(
            error.rule, file=error.file, line=error.line, key=key, value=error.value, hint=error.hint
        ) from None


def unreadable(spec: RewardSpec, answers: Sequence[str]) -> str | None:
    """The first reference answer that no completion but the same text could match; None where there is none.

    Looked for where a reward reads values. Raises DataError where they cannot be read at all.
    """
    return numeric.unscorable(answers, spec.limit) if isinstance(spec, NumericReward) else None


def reward_identity(spec: RewardSpec) -> dict[str, object]:
    """What decides this reward's scores: JSON values only, equal wherever the scores are.

    The spec's whole content (with its weight, which decides those of a mix, and without its name) and the versions of
    the code. What the reward learns from training examples follows from their data, which have an identity of their
    own. Of a function that the user writes it is the hash of its file and of those declared with it.
    """
    code = {"reward": VERSIONS[spec.type].content(), "mix": MIX_VERSION.content()}
    if isinstance(spec, FunctionReward):
        return {"spec": function.identity(spec), "code": code}
    return {"spec": spec.model_dump(mode="json", exclude={"name"}), "code": code}


def build_reward(spec: RewardSpec, train: Sequence[Example]) -> Reward:
    """The reward that `spec` names; some learn words from `train`. Marks are checked: see `checked`.

    Alone it must mark all completions: a mark that abstains is a StageError.
    """
    part = _part(spec, train)

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        marks = part(completions, example)
        _refuse_silence(completions, [marks], [called(spec)])
        return marks

    return reward


def build_mix(specs: Sequence[RewardSpec], train: Sequence[Example]) -> Reward:
    """The rewards together: the weighted mean of their scores, and the answer that the first of them found.

    "First" is the curriculum's order; rewards of weight 0 are not even built. One that abstains is left out of that
    completion's mean; where all do, that is a StageError. A completion counts as stopped where any of the rewards
    was. Raises DataError where all weights are zero.
    """
    if sum(spec.weight for spec in specs) <= 0:
        raise DataError("reward weights must not sum to zero", key="rewards", value=0.0)
    used = [spec for spec in specs if spec.weight > 0]
    weights = [spec.weight for spec in used]
    parts = [_part(spec, train) for spec in used]

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        columns = [part(completions, example) for part in parts]
        _refuse_silence(completions, columns, [called(spec) for spec in used])
        return [_together(weights, marks) for marks in zip(*columns, strict=True)]

    return reward


def _part(spec: RewardSpec, train: Sequence[Example]) -> Reward:
    return checked(called(spec), BUILDERS[spec.type](spec, train))


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
    return Mark(min(1.0, score), parsed, any(mark.stopped for mark in marks))
