"""All domains mixed in rounds, each round's mixture chosen by what the rounds before it did (scheduler/mixing/). The
budget and the stages are those of a run's joint training, cut into rounds."""

from __future__ import annotations

from curricula.search_checks import unmixable
from scheduler.composing.choice import Choice
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.draft import Draft, StageBudgets
from scheduler.composing.steps import cut_evenly


def _drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """Over all domains of the order, also those that a search would leave out: shares are chosen, not given."""
    part, rounds = base.together(choice.order), base.curriculum.schedule.adaptive.rounds
    total = part.steps(part.budget)
    if total < rounds:
        raise ValueError(f"{total} steps cannot be divided into {rounds} rounds")
    mixture, method = tuple(sorted(part.examples.items())), part.training.method
    return tuple(
        Draft(None, mixture, steps, choice.pace(k, method), together=choice.order, chosen=True)
        for k, steps in enumerate(cut_evenly(total, rounds))
    )


KIND = CompositionKind(
    name="adaptive",
    drafts=_drafts,
    order=None,
    heeds=frozenset(),
    by_round=True,
    refuses=unmixable,
)
