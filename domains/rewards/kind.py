"""All that the rest of the house knows of one kind of reward. Each reward's file ends with its own, `KIND`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from domains.example import Example
from domains.rewards.base import Reward, RewardBase
from domains.rewards.identity import Version
from domains.rewards.lent import Lent


def always(spec: RewardBase) -> str:
    """For `RewardKind.compares`: a reward that does nothing but compare with the reference."""
    return "type"


def never(spec: RewardBase) -> None:
    """For `RewardKind.compares`: a reward that needs no reference."""


def written(spec: RewardBase) -> dict[str, object]:
    """For `RewardKind.identity`: all that is written of a reward but its name."""
    return spec.model_dump(mode="json", exclude={"name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardKind:
    """A kind of reward. It has `build` or `borrow`."""

    spec: type[RewardBase]
    """What a curriculum may write of it; ``type: Literal["…"]`` is its name."""
    version: Version
    compares: Callable[[Any], str | None]
    """The key by which it asks for reference answers, for domains that have none; None where it asks for none."""
    build: Callable[[Any, Sequence[Example]], Reward] | None = None
    """Spec, the domain's training items → the reward. DataError where the items do not suit it."""
    borrow: Callable[[Any, Lent], Reward] | None = None
    """In place of `build`, where it needs what this floor has not. It costs too much to be asked before anything runs.
    """
    identity: Callable[[Any], dict[str, object]] = written
    """What of it decides scores: JSON values only, without what says merely where something is or how fast it goes."""
    with_code: Callable[[Any, Path], Any] | None = None
    """The spec with what its files hold, relative to a folder. DataError."""
    unreadable: Callable[[Any, Sequence[str]], str | None] | None = None
    """The first of some reference answers that no completion but the same text could match. Where it reads values."""
    ready: Callable[[Any], None] | None = None
    """DataError where something beside the data must be there before anything runs, and is not."""
    packages: tuple[str, ...] = ()
    """Distributions that it imports beyond pydantic and regex, where it is taken to another place (exports)."""
    slow: str = "Raise its `limit`, or make it faster."
    """What to do where its time limit strikes on a reference answer."""

    def __post_init__(self) -> None:
        if (self.build is None) == (self.borrow is None):
            raise TypeError(f"{self.spec.__name__}: a reward has either build or borrow")

    @property
    def name(self) -> str:
        """The `type` that a curriculum writes."""
        (name,) = get_args(self.spec.model_fields["type"].annotation)
        return str(name)

    def made(self, spec: RewardBase, train: Sequence[Example], lent: Lent | None = None) -> Reward:
        """The reward, by whichever of the two ways it is made."""
        if self.build is not None:
            return self.build(spec, train)
        assert self.borrow is not None
        return self.borrow(spec, lent or Lent())
