"""What is asked of rewards before anything runs: a user's code, reference answers they can read, what they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from domains.errors import DataError
from domains.rewards.table import RewardSpec, kind_of


def with_codes(specs: Sequence[RewardSpec], base: Path) -> tuple[RewardSpec, ...]:
    """The rewards, with the code that the files of user's functions hold now; relative paths start at `base`.

    Raises DataError with the key below ``rewards[i]``.
    """
    return tuple(_with_code(spec, base, i) for i, spec in enumerate(specs))


def _with_code(spec: RewardSpec, base: Path, i: int) -> RewardSpec:
    read = kind_of(spec).with_code
    if read is None:
        return spec
    try:
        return read(spec, base)  # type: ignore[no-any-return]
    except DataError as error:
        raise error.below(f"rewards[{i}]", "file") from None


def check_ready(spec: RewardSpec) -> None:
    """Raises DataError where what the reward needs is not there, e.g. a sandbox or a key."""
    ready = kind_of(spec).ready
    if ready is not None:
        ready(spec)
