"""One point of the space that a search goes through: everything that is chosen about a schedule."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from curricula.schema import Curriculum, SearchComposition
from curricula.stage import Method, RateName
from domains.frozen import Frozen


class Choice(Frozen):
    """What a trial chooses. `scheduler.composing.compositions` turns it into stages."""

    order: tuple[str, ...] = Field(min_length=1)
    """Domains that the schedule's budget is for, first to last, also those that are left out."""
    composition: SearchComposition = "sequential"
    lengths: dict[str, float]
    """Relative length of each domain's stage; 0: left out, its steps go to the others."""
    lr_scale: float = Field(1.0, gt=0)
    """Factor on every learning rate."""
    lr_decay: float = Field(1.0, gt=0, le=1)
    """The learning rate of stage k is also multiplied by lr_decay**k."""
    replay: float = Field(0.0, ge=0, lt=1)
    """Sequential, pairs: share of each stage's prompts drawn from the domains before it."""
    opening: float = Field(0.0, ge=0, lt=1)
    """Share of the budget for a first stage over all trained domains."""
    refresh: float = Field(0.0, ge=0, lt=1)
    """Share of the budget for a last stage over all trained domains."""
    repair: float = Field(0.0, ge=0, lt=1)
    """Share of the budget for a last stage on `repaired` alone, by its own training."""
    repaired: str | None = None
    """Without meaning where `repair` is 0; one that is not trained is not repaired either."""
    drop: float = Field(0.0, ge=0, lt=1)
    """Joint: the last so large a share of the steps goes on without `dropped`, and the others take its share."""
    dropped: str | None = None
    """Without meaning where `drop` is 0, or where it is trained by a method that no other domain is trained by."""
    rate: RateName | None = None
    """Path of the learning rate; None: the curriculum's own."""
    repeats: int = Field(1, ge=1)
    """How often the order is gone through."""
    methods: dict[str, Method] = Field(default={})
    """Method of a domain's stage; others keep theirs."""
    sft_rate: float = Field(1.0, gt=0)
    """One more factor on the learning rate of stages by SFT."""
    sft_first: float | None = Field(None, ge=0, le=1)
    """Joint: share of the steps that is by SFT, before GRPO takes over. None: all by the curriculum's own method."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if set(self.order) != set(self.lengths) or len(set(self.order)) != len(self.order):
            raise ValueError("order: must name each domain of `lengths` once")
        if any(length < 0 for length in self.lengths.values()) or not self.trained:
            raise ValueError("lengths: must not be negative, and not all 0")
        return self

    @property
    def trained(self) -> tuple[str, ...]:
        """The order without the domains that are left out."""
        return tuple(name for name in self.order if self.lengths[name] > 0)

    @property
    def mended(self) -> str | None:
        """The domain that the last stage is for, where there is one."""
        return self.repaired if self.repair and self.repaired in self.trained else None

    def pace(self, stage: int, method: Method) -> float:
        """Factor on the learning rate of stage k, from 0, that trains by this method."""
        return float(self.lr_scale * self.lr_decay**stage * (self.sft_rate if method == "sft" else 1.0))


def own_choice(curriculum: Curriculum, order: tuple[str, ...], composition: SearchComposition | None = None) -> Choice:
    """The curriculum's own values: what a run composes. Without a `composition` as an order becomes stages in it."""
    spec = curriculum.schedule
    return Choice(
        order=order,
        composition=composition or curriculum.ordered,
        lengths=dict.fromkeys(order, 1.0),
        lr_decay=spec.lr_decay,
        replay=spec.replay,
        rate=spec.rate,
    )
