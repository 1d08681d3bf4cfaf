"""Guards that a stage can switch on: which prompts it draws, when it ends early, and which of its models it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from domains.at_key import at_key
from domains.frozen import Frozen


class PassRate(Frozen):
    """Draw only prompts whose pass rate under the stage's starting model lies in [`low`, `high`].

    A prompt's pass rate is its mean reward over `samples` completions, drawn as rollouts are; they count in the stage's
    cost. Where no prompt of a domain is left the stage fails and shows the histogram.
    """

    low: float = Field(0.1, ge=0, le=1)
    """Prompts with a lower pass rate are left out."""
    high: float = Field(0.9, ge=0, le=1)
    """Prompts with a higher pass rate are left out."""
    samples: int = Field(8, ge=2, le=10_000)
    """Completions that are drawn per prompt to measure its pass rate."""
    items: int | None = Field(256, gt=0, le=10_000_000)
    """Prompts per domain that are measured, the first of its draw; only these can be drawn. null: all."""
    domains: tuple[str, ...] | None = None
    """Domains of the stage's mixture whose prompts are filtered; default: all."""

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.low >= self.high:
            raise at_key("low", f"must be below `high` ({self.high:g})")
        return self


class KlBudget(Frozen):
    """Ends the stage early when its policy has moved too far from the model that `training.kl_to` names.

    KL is measured on the stage's own rollouts (TRL's `kl`), also where `training.kl` is 0; that then takes a second
    model and its forward pass, as a penalty does.
    """

    budget: float = Field(gt=0)
    """Largest mean KL(policy ‖ that model) allowed, in nats per token."""


class EntropyFloor(Frozen):
    """Ends the stage early when its policy's entropy on its own rollouts (TRL's `entropy`) falls below a floor."""

    floor: float | None = Field(None, gt=0)
    """Lowest mean entropy allowed, in nats per token."""
    share: float | None = Field(None, gt=0, lt=1)
    """In place of `floor`: the floor as a share of the mean entropy over the stage's first `guards.over` steps."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.floor is None) == (self.share is None):
            raise at_key("floor", "write either `floor` or `share`")
        return self


class SweetSpot(Frozen):
    """Measures the stage on its way, on validation items of every domain, and leaves the best of its models.

    The best has the highest score on the stage's own domains among those that lose at most `loss` on every other
    domain; the model that the stage starts from is one of them. Of equals it is the one under which the stage's own
    references are likeliest. Also for SFT.
    """

    points: int = Field(10, ge=2, le=1000)
    """Number of measurements after the start, spread evenly over the steps."""
    items: int = Field(64, ge=2, le=1_000_000)
    """Most validation items per domain to measure on."""
    loss: float = Field(0.1, gt=0)
    """Largest loss allowed on any domain that the stage does not train: the fall in likelihood of its references, in
    bits per byte."""
    keep: Literal["best", "last"] = "best"
    """`best`: the stage leaves its best model; `last`: it is only measured, and leaves its last."""


class Guards(Frozen):
    """What a stage is guarded against. SFT stages have no rollouts and heed `sweet_spot` alone."""

    pass_rate: PassRate | None = None
    kl: KlBudget | None = None
    entropy: EntropyFloor | None = None
    sweet_spot: SweetSpot | None = Field(None, exclude_if=lambda guard: guard is None)
    over: int = Field(5, gt=0, le=10_000)
    """Steps over which KL and entropy are averaged, at least, before they are compared with their limits."""
    fall: float = Field(0.1, ge=0, le=1)
    """When `kl` or `entropy` strikes, the learning rate falls to zero over this share of the steps done so far, and the
    stage ends; scores that are read at a high rate mean little. 0: it ends at once."""


NONE = Guards()
StopGuard = Literal["kl", "entropy"]
"""The guards that end a stage early, by their keys in `Guards`."""


@dataclass(frozen=True)
class StopRule:
    """What one of them reads, and when it strikes."""

    logged: str
    """Under which name the trainer logs what is read."""
    strikes: Literal["above", "below"]
    """On which side of its limit."""
    title: str
    """What a report calls what is read, and `limit` what it calls the limit."""
    limit: str

    @property
    def keeps(self) -> str:
        """How a report says the worst that was read."""
        return "at most" if self.strikes == "above" else "at least"

    def beyond(self, value: float, limit: float) -> bool:
        """Whether a mean is on the wrong side of its limit."""
        return value > limit if self.strikes == "above" else value < limit

    def worse(self, one: float, other: float) -> float:
        """The one of two means that is nearer to the wrong side, or further on it."""
        return max(one, other) if self.strikes == "above" else min(one, other)


STOP_GUARDS: dict[StopGuard, StopRule] = {
    "kl": StopRule("kl", "above", "KL", "budget"),
    "entropy": StopRule("entropy", "below", "entropy", "floor"),
}


def stops(guards: Guards) -> Iterator[tuple[StopGuard, float | None, float | None]]:
    """The guards that are switched on and end a stage: key, limit, and the share of the first mean where it is one."""
    if guards.kl:
        yield "kl", guards.kl.budget, None
    if guards.entropy:
        yield "entropy", guards.entropy.floor, guards.entropy.share
