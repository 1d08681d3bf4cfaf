"""Two domains a stage, in the order: each spends its own budget, by the curriculum's training. Of an odd number of
domains the last one has its own stage."""

from __future__ import annotations

from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.ordered import FREEDOMS, as_chosen, ordered
from scheduler.composing.draft import Draft, StageBudgets


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    return ordered(choice, base, choice.trained, choice.replay, size=2)


KIND = CompositionKind(
    name="pairs",
    drafts=_drafts,
    order=as_chosen,
    heeds=FREEDOMS | {"replay"},
    how="Train two domains at a time, in this order.",
)
