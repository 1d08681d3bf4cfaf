"""How healthy a stage's training was: whether its rollouts could teach anything, and how they looked."""

from __future__ import annotations

from pydantic import FiniteFloat

from domains.frozen import Frozen


class RolloutGroups(Frozen):
    """The groups of rollouts that a GRPO stage drew of one domain. Only those whose rewards vary teach anything."""

    count: int
    wrong: int
    """RolloutGroups in which every completion got the reward 0."""
    right: int
    """RolloutGroups in which every completion got the reward 1."""
    alike: int
    """RolloutGroups in which every completion got the same reward between the two."""

    @property
    def flat(self) -> int:
        """RolloutGroups without variance."""
        return self.wrong + self.right + self.alike

    def __add__(self, other: RolloutGroups) -> RolloutGroups:
        """Both together."""
        pairs = {name: getattr(self, name) + getattr(other, name) for name in type(self).model_fields}
        return RolloutGroups(**pairs)


NO_ROLLOUT_GROUPS = RolloutGroups(count=0, wrong=0, right=0, alike=0)


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
