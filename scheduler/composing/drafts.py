"""The composer: from a choice to stages. All ways are points of one space: a schedule is a row of mixtures.

Stages are drafts at first, plain tuples, because a search compares them by the thousand. Equal drafts become equal
stages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from curricula.schema import Curriculum, SearchComposition
from curricula.stage import Method, Stage, Training
from domains.spec import DomainSpec
from scheduler.composing.choice import Choice
from scheduler.composing.steps import apportion, cut_evenly, in_rounds

NEW_SHARE = 0.5
"""Cumulative: share of the domain that joins; the rest is spread evenly over those before it."""


class Draft(NamedTuple):
    """A stage whose training is not yet written out."""

    domain: str | None
    """Whose overrides it trains with; None: the curriculum's defaults."""
    mixture: tuple[tuple[str, float], ...]
    """Domains and shares, not normalised, by name."""
    steps: int
    rate: float
    """Factor on the learning rate."""
    method: Method | None = None
    """None: as the curriculum says."""
    chosen: bool = False
    """Whether its mixture is known only when the stages before it are trained: `mixture` is what it begins from."""


@dataclass(frozen=True)
class StageBudgets:
    """What drafts need of a curriculum, looked up once."""

    curriculum: Curriculum

    @cached_property
    def training(self) -> dict[str, Training]:
        """Of each domain's own stage."""
        return {name: self.curriculum.stage_training(name) for name in self.curriculum.domains}

    @cached_property
    def budget(self) -> dict[str, int]:
        """Completions of each domain's own stage."""
        return {name: own.steps * own.completions for name, own in self.training.items()}

    def completions(self, draft: Draft) -> int:
        """That a stage trains on: as many by any method."""
        own = self.curriculum.training if draft.domain is None else self.training[draft.domain]
        return draft.steps * own.completions

    def joint_steps(self, completions: int) -> int:
        """Steps of the curriculum's own training that spend these; rounded up in favour of joint training."""
        return -(-completions // self.curriculum.training.completions)


def drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """The stages of a choice, first to last.

    Their steps sum to those of the curriculum's own stages of all domains in `choice.order`, whatever is chosen
    (joint: to what spends the same number of completions). ValueError where these are fewer than the stages.
    """
    return COMPOSITIONS[choice.composition](choice, base)


def _sequential(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    return _ordered(choice, base, choice.trained, choice.replay)


def _pairs(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    return _ordered(choice, base, choice.trained, choice.replay, size=2)


def _cumulative(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    return _ordered(choice, base, creative_last(choice.trained, base.curriculum.domains), 1 - NEW_SHARE)


def _adaptive(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """Joint training's budget over all domains of the order cut into rounds; what else is chosen does not apply."""
    rounds, total = (
        base.curriculum.schedule.adaptive.rounds,
        base.joint_steps(sum(base.budget[n] for n in choice.order)),
    )
    if total < rounds:
        raise ValueError(f"{total} steps cannot be divided into {rounds} rounds")
    pieces = [
        Piece(steps, _rate(choice, k, base.curriculum.training.method))
        for k, steps in enumerate(cut_evenly(total, rounds))
    ]
    even = mixed(base, dict.fromkeys(choice.order, 1.0), pieces)
    return tuple(draft._replace(chosen=True) for draft in even)


def _joint(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """One mixture with shares by length: as many stages as domains where the learning rate decays, else one.

    `sft_first` may change the method on the way, as people do who imitate first and reinforce then. What concerns
    single domains' stages does not apply: order, replay, refresh, repeats, methods.
    """
    own, total = base.curriculum.training.method, base.joint_steps(sum(base.budget[name] for name in choice.order))
    pieces = _pieces(choice, own, total, 1 if choice.lr_decay == 1 else len(choice.trained))
    return mixed(
        base,
        {name: choice.lengths[name] for name in choice.trained},
        [
            Piece(steps, _rate(choice, k, method), None if method == own else method)
            for k, (steps, method) in enumerate(pieces)
        ],
    )


class Piece(NamedTuple):
    """One stage of joint training: steps, factor on the learning rate, and the method if it is another."""

    steps: int
    rate: float = 1.0
    method: Method | None = None


def mixed(base: StageBudgets, lengths: Mapping[str, float], pieces: Sequence[Piece]) -> tuple[Draft, ...]:
    """Joint training over the domains in `lengths`: shares are as the budgets of their own stages, times these."""
    longest = max(lengths.values())
    mixture = tuple(sorted((name, base.budget[name] * (length / longest)) for name, length in lengths.items()))
    return tuple(Draft(None, mixture, *piece) for piece in pieces)


def _pieces(choice: Choice, own: Method, total: int, parts: int) -> list[tuple[int, Method]]:
    """Steps and method of each stage of joint training. ValueError where there are too few steps."""
    steps, share = cut_evenly(total, parts), choice.sft_first
    if not all(steps):
        raise ValueError(f"{total} steps cannot be divided into {parts} stages")
    if share is None:
        return [(each, own) for each in steps]
    if parts > 1:
        return [(each, "sft" if k < round(parts * share) else "grpo") for k, each in enumerate(steps)]
    imitated = round(total * share)
    both: tuple[tuple[int, Method], ...] = ((imitated, "sft"), (total - imitated, "grpo"))
    return [(each, method) for each, method in both if each]


COMPOSITIONS: dict[SearchComposition, Callable[[Choice, StageBudgets], tuple[Draft, ...]]] = {
    "joint": _joint,
    "sequential": _sequential,
    "pairs": _pairs,
    "cumulative": _cumulative,
    "adaptive": _adaptive,
}


def _ordered(
    choice: Choice, base: StageBudgets, order: tuple[str, ...], old_share: float, size: int = 1
) -> tuple[Draft, ...]:
    """An opening over all, parts of `size` domains in the order, and all once more: as far as each is chosen."""
    total = sum(base.training[name].steps for name in choice.order)
    first, last = (max(1, round(share * total)) if share else 0 for share in (choice.opening, choice.refresh))
    rounds = _rounds(choice, base, order, total - first - last)
    own = base.curriculum.training.method
    made: list[Draft] = []
    if first:
        made += mixed(base, {name: choice.lengths[name] for name in order}, [Piece(first, _rate(choice, 0, own))])
    for part in range(choice.repeats):
        for place in range(0, len(order), size):
            new = order[place : place + size]
            before = order[:place] if part == 0 else tuple(name for name in order if name not in new)
            steps = {name: rounds[name][part] for name in new}
            made.append(_part(choice, base, steps, before if old_share else (), old_share, len(made)))
    if last:
        rate = _rate(choice, len(made), own)
        made.append(Draft(None, tuple((name, 1.0) for name in sorted(order)), last, rate))
    return tuple(made)


def _part(
    choice: Choice, base: StageBudgets, steps: Mapping[str, int], before: tuple[str, ...], old_share: float, at: int
) -> Draft:
    """Stage `at`, that introduces the domains in `steps`: one by its own training, several by the curriculum's."""
    if len(steps) == 1:
        ((new, count),) = steps.items()
        own = base.training[new].method
        method = choice.methods.get(new, own)
        shares = introducing((*before, new), old_share)
        changed = None if method == own else method
        return Draft(new, tuple(sorted(shares.items())), count, _rate(choice, at, method), changed)
    spent = {name: count * base.training[name].completions for name, count in steps.items()}
    total = sum(spent.values())
    kept = 1 - old_share if before else 1.0
    both = {name: kept * own / total for name, own in spent.items()} | {
        name: old_share / len(before) for name in before
    }
    rate = _rate(choice, at, base.curriculum.training.method)
    return Draft(None, tuple(sorted(both.items())), base.joint_steps(total), rate)


def _rounds(choice: Choice, base: StageBudgets, order: tuple[str, ...], total: int) -> dict[str, list[int]]:
    """Steps of each domain's stages, one a round; the domains are weighted in the curriculum's order of names."""
    longest = max(choice.lengths.values())
    weights = {
        name: base.training[name].steps * (choice.lengths[name] / longest) for name in base.training if name in order
    }
    parts = apportion(total, weights, least=choice.repeats)
    return {name: in_rounds(steps, choice.repeats) for name, steps in parts.items()}


def _rate(choice: Choice, stage: int, method: Method) -> float:
    return float(choice.lr_scale * choice.lr_decay**stage * (choice.sft_rate if method == "sft" else 1.0))


def creative_last(order: Sequence[str], domains: Mapping[str, DomainSpec]) -> tuple[str, ...]:
    """Structured domains first, creative ones join last; within each kind the order stays."""
    return tuple(sorted(order, key=lambda name: domains[name].kind == "creative"))


def introducing(so_far: Sequence[str], old_share: float) -> dict[str, float]:
    """Shares of the stage that introduces the last domain of `so_far`; those before it get `old_share` evenly."""
    *old, new = so_far
    if not old:
        return {new: 1.0}
    return {new: 1 - old_share, **{name: old_share / len(old) for name in old}}


def stage_of(draft: Draft, base: StageBudgets) -> Stage:
    """The draft with its training written out."""
    own = base.curriculum.training if draft.domain is None else base.training[draft.domain]
    training = own.by(draft.method or own.method)
    changes: dict[str, object] = {
        "steps": draft.steps,
        "epochs": None,
        "learning_rate": training.learning_rate * draft.rate,
        # A stage made shorter still reaches its peak rate before it ends.
        "warmup_steps": min(training.warmup_steps, draft.steps - 1),
    }
    return Stage(mixture=dict(draft.mixture), training=training.model_copy(update=changes))
