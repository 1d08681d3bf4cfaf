"""One mixture of all domains throughout, in shares by length: as many stages as domains where the learning rate decays,
else one. The method may change on the way, as people do who imitate first and reinforce then."""

from __future__ import annotations

from curricula.stage import Method
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.mixture import Piece, mixed
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.composing.steps import cut_evenly


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    own, total = base.curriculum.training.method, base.joint_steps(sum(base.budget[name] for name in choice.order))
    parts = _parts(choice, own, total, 1 if choice.lr_decay == 1 else len(choice.trained))
    return mixed(
        base,
        {name: choice.lengths[name] for name in choice.trained},
        [
            Piece(steps, choice.pace(k, method), None if method == own else method)
            for k, (steps, method) in enumerate(parts)
        ],
    )


def _parts(choice: Choice, own: Method, total: int, parts: int) -> list[tuple[int, Method]]:
    """Steps and method of each stage. ValueError where there are too few steps."""
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


KIND = CompositionKind(
    name="joint",
    drafts=_drafts,
    order=None,
    heeds=frozenset({"lengths", "leave_out", "sft_first"}),
)
