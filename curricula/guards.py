"""Guards that a stage can switch on: which prompts it draws, when it ends early, and which of its models it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from domains.at_key import at_key
from domains.frozen import Frozen, with_tuples

WORD = "recommended"
"""Stands in place of guards that are chosen once the base model was measured (curricula/recommended.py)."""


class PassRate(Frozen):
    """Draw only prompts whose pass rate under the stage's starting model lies in [`low`, `high`].

    A prompt's pass rate is its mean reward over `samples` completions, drawn as rollouts are; they count in the stage's
    cost. Where no prompt of a domain is left the stage fails and shows the histogram, unless `least` is given.
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
    least: int | None = Field(None, gt=0, le=10_000_000, exclude_if=lambda least: least is None)
    """Fewest prompts of a domain that the band must leave; where it leaves fewer, all of the domain's prompts may be
    drawn. null: the stage fails where it leaves none."""

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.low >= self.high:
            raise at_key("low", f"must be below `high` ({self.high:g})")
        if self.least is not None and self.items is not None and self.least > self.items:
            raise at_key("least", f"must be at most `items` ({self.items:,})")
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
    """What a stage is guarded against. SFT stages have no rollouts and heed `sweet_spot` alone.

    In place of the mapping the word `recommended` may stand: guards that the base model's own answers speak for.
    """

    pass_rate: PassRate | None = None
    kl: KlBudget | None = None
    entropy: EntropyFloor | None = None
    sweet_spot: SweetSpot | None = Field(None, exclude_if=lambda guard: guard is None)
    over: int = Field(5, gt=0, le=10_000)
    """Steps over which KL and entropy are averaged, at least, before they are compared with their limits."""
    fall: float = Field(0.1, ge=0, le=1)
    """When `kl` or `entropy` strikes, the learning rate falls to zero over this share of the steps done so far, and the
    stage ends; scores that are read at a high rate mean little. 0: it ends at once."""
    recommended: bool = Field(False, exclude_if=lambda asked: not asked)
    """Whether the word stands here: yet to be chosen. No stage that is trained has it."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, given: Any) -> Any:
        if isinstance(given, str):
            if given != WORD:
                raise ValueError(f"must be a mapping, or the word {WORD}")
            return {WORD: True}
        if isinstance(given, dict) and WORD in given:
            raise at_key(WORD, f"stands alone: write `guards: {WORD}`, and no key beside it")
        return with_tuples(given)

    @model_serializer(mode="wrap")
    def _as_word(self, plain: SerializerFunctionWrapHandler) -> Any:
        return WORD if self.recommended else plain(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The mapping, or the word."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties") if key in schema}
        mapping["properties"].pop(WORD)
        schema["anyOf"] = [mapping, {"const": WORD}]
        return reference


NONE = Guards()
RECOMMENDED = Guards.model_validate(WORD)
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
