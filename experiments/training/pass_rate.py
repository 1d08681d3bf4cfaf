"""How often the model that a stage starts from passes its prompts, and which of them may therefore be drawn."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from curricula.guards import PassRate
from domains.errors import StageError
from domains.example import Example
from domains.rewards import Mark, Reward, score_group
from experiments.models.seeding import seed_of
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from experiments.models.tokens.prompting import prompt_tokens
from experiments.nodes.guarded import Guarded, PassRates
from experiments.nodes.record import Cost
from experiments.training.draw import upcoming
from experiments.training.stage import Trained

ROUNDING = 1e-9
"""A mean of eight tenths is not .8 in floating point; it is in a band that ends there."""


@dataclass(frozen=True)
class Sampling:
    """How completions are drawn and marked: as the stage's rollouts are."""

    rewards: Mapping[str, Reward]
    stop: Mapping[str, tuple[str, ...]]
    max_tokens: int
    temperature: float
    seed: str
    """Completions depend on it, on the item and on the model, and on nothing else that is asked."""


@dataclass(frozen=True)
class Banded:
    """What was measured of a stage's prompts."""

    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Domain → ids of the prompts that may be drawn; a domain that is not here is drawn from whole."""
    pools: Mapping[str, PassRates] = field(default_factory=dict)
    band: tuple[float, float] | None = None
    cost: Cost = field(default_factory=Cost)
    """Of measuring."""

    def added_to(self, trained: Trained) -> Trained:
        """What the stage left, with what was measured before it."""
        if self.band is None or trained.guarded is None:
            return trained
        low, high = self.band
        more = {"low": low, "high": high, "pools": dict(self.pools), "rollouts": self.cost.rollouts}
        both = {
            name: getattr(trained.cost, name) + getattr(self.cost, name)
            for name in ("rollouts", "tokens", "stopped", "abstained", "unread", "train_seconds")
        }
        guarded = Guarded(**{**trained.guarded.model_dump(), **more})
        return replace(trained, guarded=guarded, cost=trained.cost.model_copy(update=both))


def queue(pool: Sequence[Example], domain: str, seed: str, before: int, items: int | None) -> list[Example]:
    """The distinct prompts that a stage comes to first, at most so many; all of the pool where `items` is None."""
    ahead = islice(upcoming(pool, domain, seed, before), 2 * len(pool))
    return list(islice({one.id: one for one in ahead}.values(), items))


def banded(subject: LocalModel, guard: PassRate, queues: Mapping[str, Sequence[Example]], sampling: Sampling) -> Banded:
    """Measure the prompts of every domain in `queues`. Raises StageError where no prompt of a domain is left and the
    guard does not say how many must be."""
    started = time.monotonic()
    found = {name: _measured(subject, name, items, guard.samples, sampling) for name, items in queues.items()}
    marks = [mark for one in found.values() for group in one.marks for mark in group]
    pools, kept = {}, {}
    for name, items in queues.items():
        rates = [sum(mark.score for mark in group) / guard.samples for group in found[name].marks]
        within = frozenset(item.id for item, rate in zip(items, rates, strict=True) if not _out(rate, guard))
        lifted = guard.least is not None and len(within) < guard.least
        pools[name] = _pool(rates, guard, lifted=lifted)
        if not lifted:
            kept[name] = within
        if not (within or lifted):
            raise StageError("training", _empty(name, pools[name], guard))
    cost = Cost(
        rollouts=len(marks),
        tokens=sum(one.tokens for one in found.values()),
        stopped=sum(mark.stopped for mark in marks),
        abstained=sum(mark.abstains for mark in marks),
        unread=sum(mark.unread for mark in marks),
        train_seconds=time.monotonic() - started,
    )
    return Banded(kept, pools, (guard.low, guard.high), cost)


@dataclass(frozen=True)
class _Measured:
    marks: list[list[Mark]]
    """Of each prompt's completions."""
    tokens: int


def _measured(
    subject: LocalModel, domain: str, items: Sequence[Example], samples: int, sampling: Sampling
) -> _Measured:
    requests = [
        Request(
            item=item,
            max_tokens=sampling.max_tokens,
            noise=seed_of("pass rate", sampling.seed, item.id, sample),
            temperature=sampling.temperature,
            stop=sampling.stop[domain],
        )
        for item in items
        for sample in range(samples)
    ]
    said = subject.complete(requests)
    texts = [one.text for one in said]
    groups = [texts[at * samples : (at + 1) * samples] for at in range(len(items))]
    marks = [
        score_group(domain, sampling.rewards[domain], group, item) for item, group in zip(items, groups, strict=True)
    ]
    asked = samples * sum(len(prompt_tokens(subject.tokenizer, item)) for item in items)
    return _Measured(marks, asked + sum(len(one.tokens) for one in said))


def _out(rate: float, guard: PassRate) -> int:
    """−1 below the band, 1 above it, 0 within."""
    return -1 if rate < guard.low - ROUNDING else int(rate > guard.high + ROUNDING)


def _pool(rates: Sequence[float], guard: PassRate, *, lifted: bool) -> PassRates:
    nearest = Counter(int(rate * guard.samples + 0.5) for rate in rates)
    out = Counter(_out(rate, guard) for rate in rates)
    return PassRates(
        histogram=tuple(nearest[at] for at in range(guard.samples + 1)),
        below=out[-1],
        above=out[1],
        lifted=lifted,
    )


def _empty(domain: str, pool: PassRates, guard: PassRate) -> str:
    counts = ", ".join(f"{at}/{guard.samples}: {count}" for at, count in enumerate(pool.histogram) if count)
    remedy = "train it by SFT first, make it easier" if pool.below >= pool.above else "leave it out, make it harder"
    return (
        f"guards.pass_rate: no prompt of {domain} has a pass rate from {guard.low:g} to {guard.high:g}: {pool.below} "
        f"are below and {pool.above} above (prompts by pass rate: {counts}). Where that is so there is nothing to "
        f"reinforce: {remedy}, widen the band, or name in guards.pass_rate.domains those that it is for. "
        "With guards.pass_rate.least such a domain is drawn from whole."
    )
