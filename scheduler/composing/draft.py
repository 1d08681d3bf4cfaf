"""A stage before its training is written out, and what drafts need of a curriculum.

A search compares schedules by the thousand, so drafts are plain tuples. Equal drafts become equal stages.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from curricula.schema import Curriculum
from curricula.stage import Method, Stage, Training
from curricula.together import own_stages
from scheduler.composing.parts import Part, parts_of


class Draft(NamedTuple):
    """A stage whose training is not yet written out."""

    domain: str | None
    """Whose overrides it trains with; None: the curriculum's defaults, or those of domains `together`."""
    mixture: tuple[tuple[str, float], ...]
    """Domains and shares, not normalised, by name."""
    steps: int
    rate: float
    """Factor on the learning rate."""
    method: Method | None = None
    """None: as the curriculum says."""
    together: tuple[str, ...] = ()
    """Domains of one method that a run's joint training trains in one stage: it trains as that stage does."""
    chosen: bool = False
    """Whether its mixture is known only when the stages before it are trained: `mixture` is what it begins from."""


@dataclass(frozen=True)
class StageBudgets:
    """What drafts need of a curriculum, looked up once."""

    curriculum: Curriculum
    _parts: dict[frozenset[str], tuple[Part, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def training(self) -> dict[str, Training]:
        """Of each domain's own stage."""
        return {name: self.curriculum.stage_training(name) for name in self.curriculum.domains}

    @cached_property
    def _special(self) -> frozenset[str]:
        """Domains whose own stage trains otherwise than the curriculum says."""
        return frozenset(name for name, own in self.training.items() if own != self.curriculum.training)

    @cached_property
    def budget(self) -> dict[str, int]:
        """Completions of each domain's own stage."""
        return {name: own.steps * own.completions for name, own in self.training.items()}

    def own(self, draft: Draft) -> Training:
        """What a draft's training begins from."""
        if draft.together:
            return self.together(draft.together).training
        return self.curriculum.training if draft.domain is None else self.training[draft.domain]

    def completions(self, draft: Draft) -> int:
        """That a stage trains on: as many by any method."""
        return draft.steps * self.own(draft).completions

    def plain(self, draft: Draft) -> Draft:
        """A draft as it is most plainly written, so that those that become equal stages are equal: shares sum to 1, and
        nobody is named whose training is the curriculum's."""
        whole = sum([share for _, share in draft.mixture])
        mixture = tuple([(name, share / whole) for name, share in sorted(draft.mixture)])
        alike = self.own(draft) == self.curriculum.training if draft.together else draft.domain not in self._special
        if alike:
            return draft._replace(mixture=mixture, domain=None, together=())
        return draft._replace(mixture=mixture, together=tuple(sorted(draft.together)))

    def joint_steps(self, completions: int) -> int:
        """Steps of the curriculum's own training that spend these; rounded up in favour of joint training."""
        return self.curriculum.training.steps_for(completions)

    def parts(self, names: Collection[str]) -> tuple[Part, ...]:
        """What a run's joint training does of these domains, a part a method, in the order in which it does them."""
        found = frozenset(names)
        if found not in self._parts:
            self._parts[found] = tuple(parts_of(self.curriculum, own_stages(self.curriculum, found)).values())
        return self._parts[found]

    def together(self, names: Collection[str]) -> Part:
        """The same of domains that are trained by one method. ValueError where they are trained by several."""
        parts = self.parts(names)
        if len(parts) > 1:
            raise ValueError("all domains must be trained by one method to be mixed in rounds")
        return parts[0]


def stage_of(draft: Draft, base: StageBudgets) -> Stage:
    """The draft with its training written out."""
    own = base.own(draft)
    training = own.by(draft.method or own.method).lasting(draft.steps, draft.rate)
    return Stage(mixture=dict(draft.mixture), training=training)
