"""From a choice to the schedule that is trained."""

from __future__ import annotations

from curricula.schema import Curriculum
from curricula.stage import Schedule, Stage
from domains.frozen import fingerprint
from scheduler.compose import creative_last
from scheduler.search.choice import Choice
from scheduler.search.drafts import Base, Draft, drafts


def schedule_of(choice: Choice, curriculum: Curriculum, name: str, origin: str = "") -> Schedule:
    """The schedule of a choice; with the curriculum's own values the very stages that `compose` makes.

    ValueError where its budget has fewer steps than the schedule has stages.
    """
    base = Base(curriculum)
    stages = tuple(_stage(draft, base) for draft in drafts(choice, base))
    return Schedule(
        name=name,
        role="trial",
        stages=stages,
        order=_order(choice, curriculum),
        composition=choice.composition,
        origin=origin,
    )


def schedule_fingerprint(schedule: Schedule) -> str:
    """Of the stages alone: schedules that are trained alike have the same."""
    return fingerprint(list(schedule.stages))


def _stage(draft: Draft, base: Base) -> Stage:
    own = base.curriculum.training if draft.domain is None else base.training[draft.domain]
    training = own.by(draft.method or own.method)
    changes: dict[str, object] = {
        "steps": draft.steps,
        "learning_rate": training.learning_rate * draft.rate,
        # A stage made shorter still reaches its peak rate before it ends.
        "warmup_steps": min(training.warmup_steps, draft.steps - 1),
    }
    return Stage(mixture=dict(draft.mixture), training=training.model_copy(update=changes))


def _order(choice: Choice, curriculum: Curriculum) -> tuple[str, ...]:
    if choice.composition == "joint":
        return ()
    if choice.composition == "cumulative":
        return creative_last(choice.trained, curriculum.domains)
    return choice.trained
