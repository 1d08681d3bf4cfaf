"""Stage k trains the first k domains of the order, half of it the one that joins; creative domains join last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.schema import Curriculum
from domains.spec import DomainSpec
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.ordered import FREEDOMS, ordered
from scheduler.composing.draft import Draft, StageBudgets

NEW_SHARE = 0.5
"""Share of the domain that joins; the rest is spread evenly over those before it."""


def creative_last(order: Sequence[str], domains: Mapping[str, DomainSpec]) -> tuple[str, ...]:
    """Structured domains first, creative ones join last; within each kind the order stays."""
    return tuple(sorted(order, key=lambda name: domains[name].kind == "creative"))


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    return ordered(choice, base, _order(choice, base.curriculum), 1 - NEW_SHARE)


def _order(choice: Choice, curriculum: Curriculum) -> tuple[str, ...]:
    return creative_last(choice.trained, curriculum.domains)


KIND = CompositionKind(
    name="cumulative",
    drafts=_drafts,
    order=_order,
    heeds=FREEDOMS,
    alone=True,
    how="Begin with the first domain alone and add the others one by one, in this order.",
)
