"""One mixture of all domains throughout, in shares by length: as many stages as domains where the learning rate decays,
else one, for each method that their own stages use. The method may change on the way, as people do who imitate first
and reinforce then."""

from __future__ import annotations

from curricula.stage import Method
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.mixture import lengthened
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.composing.steps import cut_evenly


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """With equal lengths and no decay these are a run's joint training."""
    return _by_own_methods(choice, base) if choice.sft_first is None else _changing(choice, base, choice.sft_first)


def _by_own_methods(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """A part a method, each with the budget that it has of the trained domains'."""
    parts = base.parts(choice.trained)
    scale = _whole(choice, base) / sum(part.budget for part in parts)
    made: list[Draft] = []
    for part in parts:
        names = tuple(part.examples)
        mixture = lengthened(part.examples, choice.lengths)
        for steps in _cut(part.steps(part.budget * scale), len(names) if choice.lr_decay < 1 else 1):
            made.append(Draft(None, mixture, steps, choice.pace(len(made), part.training.method), together=names))
    return tuple(made)


def _changing(choice: Choice, base: StageBudgets, share: float) -> tuple[Draft, ...]:
    """All domains by SFT for a share of the steps, then by GRPO; domains whose own methods differ by the curriculum's
    training."""
    first, *others = base.parts(choice.trained)
    whole, stages = _whole(choice, base), 1 if choice.lr_decay == 1 else len(choice.trained)
    training = base.curriculum.training if others else first.training
    shares = {name: base.budget[name] for name in choice.trained} if others else first.examples
    total = base.joint_steps(whole) if others else first.steps(whole)
    together = () if others else choice.trained
    mixture = lengthened(shares, choice.lengths)
    return tuple(
        Draft(None, mixture, steps, choice.pace(k, method), None if method == training.method else method, together)
        for k, (steps, method) in enumerate(_methods(_cut(total, stages), share))
    )


def _methods(steps: list[int], share: float) -> list[tuple[int, Method]]:
    """Steps and method of each stage."""
    if len(steps) > 1:
        return [(each, "sft" if k < round(len(steps) * share) else "grpo") for k, each in enumerate(steps)]
    imitated = round(steps[0] * share)
    both: tuple[tuple[int, Method], ...] = ((imitated, "sft"), (steps[0] - imitated, "grpo"))
    return [(each, method) for each, method in both if each]


def _whole(choice: Choice, base: StageBudgets) -> int:
    return sum(base.budget[name] for name in choice.order)


def _cut(total: int, parts: int) -> list[int]:
    """ValueError where there are too few steps."""
    steps = cut_evenly(total, parts)
    if not all(steps):
        raise ValueError(f"{total} steps cannot be divided into {parts} stages")
    return steps


KIND = CompositionKind(
    name="joint",
    drafts=_drafts,
    order=None,
    heeds=frozenset({"lengths", "leave_out", "sft_first"}),
)
