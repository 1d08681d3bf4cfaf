"""How healthy a stage's training was: whether its rollouts could teach anything, and how they looked."""

from __future__ import annotations

from pydantic import Field, FiniteFloat

from domains.frozen import Frozen


class Leverage(Frozen):
    """How much of a stage's advantages hangs on lone successes (measures/leverage.py)."""

    lone_groups: int
    """Groups with variance in which at most one completion in eight succeeded."""
    lone: FiniteFloat
    """Σ |advantage| over the completions of these."""
    advantage: FiniteFloat
    """The same over all groups."""

    @property
    def share(self) -> float | None:
        """The leverage share, in [0, 1]; None where no group has an advantage."""
        return self.lone / self.advantage if self.advantage else None

    def __add__(self, other: Leverage) -> Leverage:
        """Both together."""
        pairs = {name: getattr(self, name) + getattr(other, name) for name in type(self).model_fields}
        return Leverage(**pairs)


NO_LEVERAGE = Leverage(lone_groups=0, lone=0.0, advantage=0.0)


class RolloutGroups(Frozen):
    """The groups of rollouts that a GRPO stage drew of one domain. Only those whose rewards vary teach anything."""

    count: int
    wrong: int
    """Groups in which every completion got the reward 0."""
    right: int
    """Groups in which every completion got the reward 1."""
    alike: int
    """Groups in which every completion got the same reward between the two."""
    leverage: Leverage | None = Field(None, exclude_if=lambda found: found is None)
    """None where groups have fewer than eight completions, and in records of versions that did not keep it."""

    @property
    def flat(self) -> int:
        """Groups without variance."""
        return self.wrong + self.right + self.alike

    def __add__(self, other: RolloutGroups) -> RolloutGroups:
        """Both together; what one of them does not know of its leverage nobody knows of both."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in ("count", "wrong", "right", "alike")}
        both = self.leverage + other.leverage if self.leverage and other.leverage else None
        return RolloutGroups(**counts, leverage=both)

    @property
    def leverage_share(self) -> float | None:
        """Share of the advantages that lone successes have; None where it is not known, or there is no advantage."""
        return self.leverage.share if self.leverage else None


NO_ROLLOUT_GROUPS = RolloutGroups(count=0, wrong=0, right=0, alike=0, leverage=NO_LEVERAGE)


class Health(Frozen):
    """What the rollouts of a GRPO stage were like: means over all of it."""

    groups: dict[str, RolloutGroups]
    """Domain → its groups."""
    completion_tokens: FiniteFloat
    """Mean length of a completion, with the token that ended it."""
    truncated: FiniteFloat
    """Share of completions that were cut off by the longest length."""
    entropy: FiniteFloat | None = None
    """Of the policy on its own tokens, nats per token."""
    kl: FiniteFloat | None = None
    """To the model that `kl_to` names, nats per token; None where nothing holds to one."""
    clipped: FiniteFloat | None = None
    """Share of tokens whose probability ratio was clipped; 0 with one optimizer step a generation."""

    @property
    def whole(self) -> RolloutGroups:
        """The groups of all domains."""
        return sum(self.groups.values(), NO_ROLLOUT_GROUPS)

    @property
    def flat(self) -> bool:
        """Whether no group at all had variance."""
        return self.whole.count > 0 and self.whole.flat == self.whole.count
