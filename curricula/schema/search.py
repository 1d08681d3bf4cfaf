"""What a search may change. Every list holds the values to choose from; one value pins that choice."""

from __future__ import annotations

import math
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from curricula.compositions import SearchComposition
from curricula.stage import Method, RateName
from domains.at_key import at_key
from domains.frozen import Frozen

MOST_VALUES = 100
"""Values that one choice may have."""
SamplerName = Literal["ordering", "tpe", "random"]


def _as_absent(shares: tuple[float, ...]) -> bool:
    """Whether the key says what it says where it is absent."""
    return shares == (0.0,)


class SearchSpec(Frozen):
    """The space of schedules for ``stagewise search``, and how it is searched.

    Every schedule in it has the step budget of the curriculum's own: lengths, refresh and repair stages divide it.
    """

    sampler: SamplerName = "ordering"
    """Who proposes the next schedule.

    `ordering` models schedules (a Gaussian process over what they did to each domain) and what each proposal costs;
    `tpe` is Optuna's; `random` draws.
    """
    order: Literal["any", "plan"] = "any"
    """`any` searches over all orders; `plan` keeps the order that `schedule` finds."""
    compositions: tuple[SearchComposition, ...] = Field(
        get_args(SearchComposition), min_length=1, max_length=MOST_VALUES
    )
    """The mixtures that a schedule is made of.

    `joint`: one mixture of all throughout, whatever the order. `sequential`: one domain a stage, in the order. `pairs`:
    two domains a stage. `cumulative`: stage k trains the first k domains. `adaptive`: mixtures chosen round by round,
    as `schedule.adaptive` says; left out where the domains are trained by several methods.
    """
    lengths: tuple[float, ...] = Field((1.0, 2.0), min_length=1, max_length=MOST_VALUES)
    """Relative lengths that a domain's stage may have; in a mixture of all domains, relative shares."""
    opening: tuple[float, ...] = Field((0.0, 0.5), min_length=1, max_length=MOST_VALUES)
    """Values for the share of the budget of a first stage over all trained domains; 0: no such stage."""
    leave_out: tuple[str, ...] = ()
    """Domains that may be left out; their scores still count, and the other domains get their steps."""
    lr_scale: tuple[float, ...] = Field((1.0,), min_length=1, max_length=MOST_VALUES)
    """Values for a factor on every learning rate."""
    lr_decay: tuple[float, ...] = Field((), max_length=MOST_VALUES)
    """Values for `schedule.lr_decay`; empty: the schedule's own."""
    replay: tuple[float, ...] = Field((), max_length=MOST_VALUES)
    """Sequential, pairs: values for `schedule.replay`; empty: the schedule's own."""
    refresh: tuple[float, ...] = Field((0.0, 0.1), min_length=1, max_length=MOST_VALUES)
    """Values for the share of the budget of a last, short stage over all trained domains; 0: no such stage."""
    repair: tuple[float, ...] = Field((0.0,), min_length=1, max_length=MOST_VALUES, exclude_if=_as_absent)
    """Values for the share of the budget of a last stage on one domain alone, by its own training; which one is a
    choice of its own, `repaired`. 0: no such stage."""
    drop: tuple[float, ...] = Field((0.0,), min_length=1, max_length=MOST_VALUES, exclude_if=_as_absent)
    """Joint: values for the share of the steps, at the end, that goes on without one domain; which one is a choice of
    its own, `dropped`. 0: all domains to the end."""
    rate: tuple[RateName, ...] = Field((), max_length=MOST_VALUES)
    """Values for `schedule.rate`, the path of the learning rate; empty: the schedule's own."""
    repeats: tuple[int, ...] = Field((1,), min_length=1, max_length=MOST_VALUES)
    """Values for how often the order is gone through; each time its stages are that much shorter."""
    methods: dict[str, tuple[Method, ...]] = Field(default={})
    """Domain → methods that its stage may use; domains that are not named keep theirs.

    By another method than its own a stage sees as many completions (SFT: examples). Where every domain may be trained
    by both, a joint mixture may change from SFT to GRPO on its way.
    """
    sft_rate: tuple[float, ...] = Field((1.0,), min_length=1, max_length=MOST_VALUES)
    """Values for one more factor on the learning rate of SFT stages, since SFT bears a higher one than GRPO."""
    seeds: tuple[int, ...] = Field((), max_length=MOST_VALUES)
    """Seeds of the trials: every schedule is tried with the first, those in the lead with the next too. Empty: the
    curriculum's seeds, filled up to three with further numbers."""
    fresh_seeds: tuple[int, ...] = Field((101, 102, 103, 104, 105), min_length=1, max_length=MOST_VALUES)
    """Seeds of the final comparison on `test`; none of them may have been used before."""
    seed: int = 0
    """Seed of the sampler."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        _positive("lengths", self.lengths)
        _positive("lr_scale", self.lr_scale)
        _positive("sft_rate", self.sft_rate)
        _within("lr_decay", self.lr_decay, above=0.0, most=1.0)
        _within("replay", self.replay, above=-1.0, most=0.99)
        _within("opening", self.opening, above=-1.0, most=0.9)
        _within("refresh", self.refresh, above=-1.0, most=0.9)
        _within("repair", self.repair, above=-1.0, most=0.9)
        _within("drop", self.drop, above=-1.0, most=0.9)
        if any(number < 1 for number in self.repeats):
            raise at_key("repeats", f"must be at least 1, got {min(self.repeats)}")
        for name, methods in self.methods.items():
            if not methods or len(set(methods)) != len(methods):
                raise at_key("methods", f"{name} needs one or more distinct methods")
        for name, values in self.model_dump().items():
            if isinstance(values, tuple) and len(set(values)) != len(values):
                raise at_key(name, "values must be distinct")
        return self


def _positive(name: str, values: tuple[float, ...]) -> None:
    _within(name, values, above=0.0, most=float("inf"))


def _within(name: str, values: tuple[float, ...], *, above: float, most: float) -> None:
    lowest = 0.0 if above < 0 else above
    least = "at least 0" if above < 0 else f"greater than {above:g}"
    rule = f"must be {least}" + (f" and at most {most:g}" if math.isfinite(most) else "")
    for value in values:
        if not above < value <= most or value < lowest:
            raise at_key(name, rule)
