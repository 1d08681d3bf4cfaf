"""Stages along an order: what is common to the compositions that have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.schema import Curriculum
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import Freedom
from scheduler.composing.compositions.mixture import lengthened
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.composing.steps import apportion, in_rounds

FREEDOMS: frozenset[Freedom] = frozenset({"lengths", "leave_out", "opening", "refresh", "repair", "repeats", "methods"})
"""What a search may vary of each of them; replay beside, where a composition has no old share of its own."""


def as_chosen(choice: Choice, curriculum: Curriculum) -> tuple[str, ...]:
    """The trained domains as the choice orders them."""
    return choice.trained


def ordered(
    choice: Choice, base: StageBudgets, order: tuple[str, ...], old_share: float, size: int = 1
) -> tuple[Draft, ...]:
    """An opening over all, parts of `size` domains in the order, all once more, and one alone: as far as each is
    chosen."""
    total = sum(base.training[name].steps for name in choice.order)
    shares = (choice.opening, choice.refresh, choice.repair if choice.mended else 0.0)
    first, last, mending = (max(1, round(share * total)) if share else 0 for share in shares)
    rounds = _rounds(choice, base, order, total - first - last - mending)
    own = base.curriculum.training.method
    made: list[Draft] = []
    if first:
        mixture = lengthened({name: base.budget[name] for name in order}, choice.lengths)
        made.append(Draft(None, mixture, first, choice.pace(0, own)))
    for part in range(choice.repeats):
        for place in range(0, len(order), size):
            new = order[place : place + size]
            before = order[:place] if part == 0 else tuple(name for name in order if name not in new)
            steps = {name: rounds[name][part] for name in new}
            made.append(_part(choice, base, steps, before if old_share else (), old_share, len(made)))
    if last:
        rate = choice.pace(len(made), own)
        made.append(Draft(None, tuple((name, 1.0) for name in sorted(order)), last, rate))
    if choice.mended:
        spent = mending / total * sum(base.budget[name] for name in choice.order)
        alone = {choice.mended: base.training[choice.mended].steps_nearest(spent)}
        made.append(_part(choice, base, alone, (), 0.0, len(made)))
    return tuple(made)


def _part(
    choice: Choice, base: StageBudgets, steps: Mapping[str, int], before: tuple[str, ...], old_share: float, at: int
) -> Draft:
    """Stage `at`, that introduces the domains in `steps`: one by its own training, several by the curriculum's."""
    if len(steps) == 1:
        ((new, count),) = steps.items()
        own = base.training[new].method
        method = choice.methods.get(new, own)
        shares = _introducing((*before, new), old_share)
        changed = None if method == own else method
        return Draft(new, tuple(sorted(shares.items())), count, choice.pace(at, method), changed)
    spent = {name: count * base.training[name].completions for name, count in steps.items()}
    total = sum(spent.values())
    kept = 1 - old_share if before else 1.0
    both = {name: kept * own / total for name, own in spent.items()} | {
        name: old_share / len(before) for name in before
    }
    rate = choice.pace(at, base.curriculum.training.method)
    return Draft(None, tuple(sorted(both.items())), base.joint_steps(total), rate)


def _rounds(choice: Choice, base: StageBudgets, order: tuple[str, ...], total: int) -> dict[str, list[int]]:
    """Steps of each domain's stages, one a round; the domains are weighted in the curriculum's order of names."""
    longest = max(choice.lengths.values())
    weights = {
        name: base.training[name].steps * (choice.lengths[name] / longest) for name in base.training if name in order
    }
    parts = apportion(total, weights, least=choice.repeats)
    return {name: in_rounds(steps, choice.repeats) for name, steps in parts.items()}


def _introducing(so_far: Sequence[str], old_share: float) -> dict[str, float]:
    """Shares of the stage that introduces the last domain of `so_far`; those before it get `old_share` evenly."""
    *old, new = so_far
    if not old:
        return {new: 1.0}
    return {new: 1 - old_share, **{name: old_share / len(old) for name in old}}
