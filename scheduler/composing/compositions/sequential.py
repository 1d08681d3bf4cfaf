"""One domain a stage, in the order; a share of each stage may be replayed from the domains before it."""

from __future__ import annotations

from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.ordered import FREEDOMS, as_chosen, ordered
from scheduler.composing.draft import Draft, StageBudgets


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    return ordered(choice, base, choice.trained, choice.replay)


KIND = CompositionKind(
    name="sequential",
    drafts=_drafts,
    order=as_chosen,
    heeds=FREEDOMS | {"replay"},
    alone=True,
    how="Train one domain after the other, in this order.",
    mixes=False,
)
