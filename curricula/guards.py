"""Guards that a stage can switch on: which prompts it draws, when it ends early, and which of its models it leaves."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domains.frozen import Frozen


class PassRate(Frozen):
    """Prompts are drawn only if the model that the stage starts from passes them neither hardly ever nor nearly always.

    A prompt's pass rate is the mean reward of `samples` completions, drawn as rollouts are. They are counted in the
    stage's cost. Where no prompt of a domain is left the stage fails, with the histogram.
    """

    low: float = Field(0.1, ge=0, le=1)
    """Prompts with a lower pass rate are left out."""
    high: float = Field(0.9, ge=0, le=1)
    """Prompts with a higher pass rate are left out."""
    samples: int = Field(8, ge=2, le=10_000)
    """Completions a prompt."""
    items: int | None = Field(256, gt=0, le=10_000_000)
    """Prompts of each domain that are measured, those that come first in its draw; the others are not drawn. null: all.
    """
    domains: tuple[str, ...] | None = None
    """Domains of the stage's mixture that it holds for; default: all."""

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low: must be below `high` ({self.high:g})")
        return self


class KlBudget(Frozen):
    """The stage ends where its policy has moved too far from the model that `training.kl_to` names.

    Measured on its own rollouts (TRL's `kl`), also without a penalty, which then costs what a penalty costs: a second
    model and its forward pass.
    """

    budget: float = Field(gt=0)
    """Most KL(policy ‖ that model), nats per token."""


class EntropyFloor(Frozen):
    """The stage ends where its policy's entropy on its own rollouts (TRL's `entropy`) has fallen too low."""

    floor: float | None = Field(None, gt=0)
    """Least entropy, nats per token."""
    share: float | None = Field(None, gt=0, lt=1)
    """In place of `floor`: as a share of the entropy over the stage's first steps, so many as `guards.over`."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.floor is None) == (self.share is None):
            raise ValueError("floor: write either `floor` or `share`")
        return self


class SweetSpot(Frozen):
    """The stage is measured on its way, on validation items of every domain, and leaves the best of its models.

    The best has the highest score on the stage's own domains among those whose loss on any other domain is allowed;
    the model that the stage starts from is one of them. Of equals it leaves the one to which its own references are
    likeliest. Also for SFT.
    """

    points: int = Field(10, ge=2, le=1000)
    """Measurements after the start, spread evenly over the steps."""
    items: int = Field(64, ge=2, le=1_000_000)
    """Validation items of each domain, at most."""
    loss: float = Field(0.1, gt=0)
    """Most that the references of any domain that the stage does not train may lose in likelihood, bits per byte."""
    keep: Literal["best", "last"] = "best"
    """`last`: nothing is changed, the stage is only measured."""


class Guards(Frozen):
    """What a stage is guarded against. Of it, stages by SFT, which have no rollouts, heed `sweet_spot` alone."""

    pass_rate: PassRate | None = None
    kl: KlBudget | None = None
    entropy: EntropyFloor | None = None
    sweet_spot: SweetSpot | None = Field(None, exclude_if=lambda guard: guard is None)
    over: int = Field(5, gt=0, le=10_000)
    """`kl` and `entropy` are judged by their mean over at least so many steps."""
    fall: float = Field(0.1, ge=0, le=1)
    """Once one of them strikes, the learning rate falls to zero over so large a share of the steps so far, and the
    stage ends: what is read off at a high rate means little. 0: it ends at once."""


NONE = Guards()
