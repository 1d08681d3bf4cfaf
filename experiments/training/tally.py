"""What is counted of a stage's rollouts while they are scored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domains.rewards import Mark
from experiments.nodes.health import NO_ROLLOUT_GROUPS, Health, Leverage, RolloutGroups
from experiments.training.ranks import everyone


@dataclass
class RolloutTally:
    """Counts by domain, and of all completions together."""

    stopped: Counter[str] = field(default_factory=Counter)
    """Domain → completions on whose marking a time limit struck."""
    abstained: int = 0
    """Completions from which one of several rewards abstained."""
    unread: int = 0
    """Completions of which a judge's verdict could not be read."""
    groups: defaultdict[str, RolloutGroups] = field(default_factory=lambda: defaultdict(lambda: NO_ROLLOUT_GROUPS))
    completions: int = 0
    tokens: int = 0
    truncated: int = 0

    def score(self, domain: str, marks: Sequence[Mark], leverage: Leverage | None) -> None:
        """Count one group of one prompt's completions; `leverage`: of their advantages, where that can be told."""
        self.stopped[domain] += sum(mark.stopped for mark in marks)
        self.abstained += sum(mark.abstains for mark in marks)
        self.unread += sum(mark.unread for mark in marks)
        rewards = [mark.score for mark in marks]
        first = rewards[0]
        flat = all(reward == first for reward in rewards)
        self.groups[domain] += RolloutGroups(
            count=1,
            wrong=int(flat and first <= 0),
            right=int(flat and first >= 1),
            alike=int(flat and 0 < first < 1),
            leverage=leverage,
        )

    def length(self, tokens: int, *, ended: bool) -> None:
        """Count one completion of so many tokens."""
        self.completions += 1
        self.tokens += tokens
        self.truncated += not ended

    def state(self) -> dict[str, Any]:
        """All of it as JSON values."""
        groups = {name: groups.model_dump() for name, groups in self.groups.items()}
        return {**vars(self), "groups": groups}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Count on from what `state` gave: add it."""
        self.stopped.update(state["stopped"])
        for name, groups in state["groups"].items():
            self.groups[name] += RolloutGroups(**groups)
        for name in ("abstained", "unread", "completions", "tokens", "truncated"):
            setattr(self, name, getattr(self, name) + state[name])

    def together(self) -> RolloutTally:
        """What all processes of the stage counted, each of its own completions."""
        total = RolloutTally()
        for state in everyone(self.state()):
            total.restore(state)
        return total

    def health(self, means: Mapping[str, float]) -> Health | None:
        """All of it; `means` are what the trainer logged of a stage. None where nothing was rolled out."""
        if not self.completions:
            return None
        return Health(
            groups=dict(sorted(self.groups.items())),
            completion_tokens=self.tokens / self.completions,
            truncated=self.truncated / self.completions,
            **means,
        )
