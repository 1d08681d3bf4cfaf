"""The one table of compositions. To add one: write its file, which ends with its `KIND`, and name it in `ALL`; its name
for the YAML stands in curricula/compositions.py."""

from __future__ import annotations

from curricula.schema import Composition, Curriculum, SearchComposition
from domains.errors import CurriculumError
from scheduler.composing.choice import Choice
from scheduler.composing.compositions import adaptive, cumulative, joint, pairs, sequential
from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.draft import Draft, StageBudgets

ALL: tuple[CompositionKind, ...] = (
    joint.KIND,
    sequential.KIND,
    pairs.KIND,
    cumulative.KIND,
    adaptive.KIND,
)
KINDS: dict[SearchComposition, CompositionKind] = {kind.name: kind for kind in ALL}
"""Name → composition, in the order in which a search begins with them."""


def drafts(choice: Choice, base: StageBudgets) -> tuple[Draft, ...]:
    """The stages of a choice, first to last.

    Their steps sum to those of the curriculum's own stages of all domains in `choice.order`, whatever is chosen
    (several domains together: to what spends the same number of completions). ValueError where these are fewer than
    the stages.
    """
    return KINDS[choice.composition].drafts(choice, base)


def order_of(choice: Choice, curriculum: Curriculum) -> tuple[str, ...]:
    """The trained domains in the order in which they are introduced; empty where there is none."""
    order = KINDS[choice.composition].order
    return order(choice, curriculum) if order else ()


def check_composed(curriculum: Curriculum) -> None:
    """CurriculumError where a composition of the run refuses the curriculum. What adaptive mixing needs of a run is
    checked with the file (curricula/mixing_checks.py)."""
    said: list[tuple[str, Composition]] = [("schedule.composition", curriculum.schedule.composition)]
    said += [("baselines.compositions", name) for name in curriculum.baselines.compositions]
    for key, name in said:
        kind = None if name == "explicit" else KINDS[name]
        if kind and kind.order and (why := kind.refuses(curriculum)):
            raise CurriculumError(why, key=key, value=name)


def offered(curriculum: Curriculum) -> tuple[SearchComposition, ...]:
    """What `search.compositions` says, without those that its domains cannot be composed by. CurriculumError where none
    is left."""
    why = {name: KINDS[name].refuses(curriculum) for name in curriculum.search.compositions}
    found = tuple(name for name, refused in why.items() if not refused)
    if not found:
        name, rule = next(iter(why.items()))
        raise CurriculumError(rule or "", key="search.compositions", value=name, hint="Name others too.")
    return found
