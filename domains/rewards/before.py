"""What is asked of rewards before anything runs: a user's code, reference answers they can read, what they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from domains.errors import DataError
from domains.rewards import numeric
from domains.rewards.function import FunctionReward, with_code
from domains.rewards.numeric import NumericReward
from domains.rewards.table import READY, RewardSpec


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
        raise error.below(f"rewards[{i}]", "file") from None


def unreadable(spec: RewardSpec, answers: Sequence[str]) -> str | None:
    """The first reference answer that no completion but the same text could match; None where there is none.

    Looked for where a reward reads values. Raises DataError where they cannot be read at all.
    """
    return numeric.unscorable(answers, spec.limit) if isinstance(spec, NumericReward) else None


def check_ready(spec: RewardSpec) -> None:
    """Raises DataError where what the reward needs is not there, e.g. a sandbox or a key."""
    if spec.type in READY:
        READY[spec.type](spec)
