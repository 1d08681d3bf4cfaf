"""The one table of rewards. To add one: write its file, which ends with its `KIND`, and name it in `ALL`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from domains.rewards import code, creative, exact, function, instructions, judge, numeric, pattern, reward_model, scorer
from domains.rewards.base import RewardBase
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind

ALL: tuple[RewardKind, ...] = (
    exact.KIND,
    numeric.KIND,
    pattern.KIND,
    instructions.KIND,
    scorer.KIND,
    creative.KIND,
    function.KIND,
    code.KIND,
    judge.KIND,
    reward_model.KIND,
)
KINDS: dict[str, RewardKind] = {kind.name: kind for kind in ALL}
"""`type` → the kind."""

if TYPE_CHECKING:
    RewardSpec = RewardBase
else:
    RewardSpec = Annotated[Union[tuple(kind.spec for kind in ALL)], Field(discriminator="type")]  # noqa: UP007
"""What a curriculum may write: one of the table's, told apart by `type`."""

MIX_VERSION = Version(1)
"""Of domains/rewards/mix.py, which every reward goes through."""


def kind_of(spec: RewardSpec) -> RewardKind:
    """What there is to know of a reward's kind."""
    return KINDS[spec.type]


def reward_identity(spec: RewardSpec) -> dict[str, object]:
    """What decides this reward's scores: JSON values only, equal wherever the scores are.

    The spec as its kind tells it (with its weight, which decides those of a mix) and the versions of the code. What the
    reward learns from training examples follows from their data, which have an identity of their own.
    """
    kind = kind_of(spec)
    versions = {"reward": kind.version.content(), "mix": MIX_VERSION.content()}
    return {"spec": kind.identity(spec), "code": versions}
