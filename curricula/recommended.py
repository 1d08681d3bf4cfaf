"""`guards: recommended`: where it stands, and the curriculum with the guards that were chosen in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import Field, FiniteFloat

from curricula.guards import NONE, Guards
from curricula.problem import KeyPath
from curricula.schema import Curriculum, ExplicitStage
from curricula.stage import Training, TrainingOverride
from domains.frozen import Frozen


class GuardChoice(Frozen):
    """What a domain's own stage is guarded by, and why."""

    domain: str
    guards: Guards = NONE
    figures: dict[str, FiniteFloat] = Field(default_factory=dict)
    """What of the base model's validation items it rests on: name → value."""
    reason: str
    """One sentence."""
    remedy: str | None = None
    """YAML under `stages.NAME` that is no guard, would help, and is not switched on."""


def waiting(curriculum: Curriculum) -> tuple[KeyPath, ...]:
    """Where guards are yet to be chosen."""
    return tuple(_waiting(curriculum))


def _waiting(curriculum: Curriculum) -> Iterator[KeyPath]:
    if curriculum.training.guards.recommended:
        yield ("training", "guards")
    for name, override in curriculum.stages.items():
        if override.guards is not None and override.guards.recommended:
            yield ("stages", name, "guards")
    for at, stage in enumerate(curriculum.schedule.stages):
        if stage.training.guards is not None and stage.training.guards.recommended:
            yield ("schedule", "stages", at, "training", "guards")


def concerned(curriculum: Curriculum) -> tuple[str, ...]:
    """The domains in whose training guards are yet to be chosen, in the curriculum's order."""
    if curriculum.training.guards.recommended:
        return tuple(curriculum.domains)
    own = {name for name in curriculum.domains if curriculum.stage_training(name).guards.recommended}
    mixed = [stage for stage in curriculum.schedule.stages if curriculum.written_training(stage).guards.recommended]
    named = own.union(*map(trained_on, mixed))
    return tuple(name for name in curriculum.domains if name in named)


def with_chosen(curriculum: Curriculum, choices: Iterable[GuardChoice] = ()) -> Curriculum:
    """Every `recommended` replaced: a domain's own stage by what was chosen for it, none where nothing was; a stage of
    several domains by the bands of those that have one. All else stays as it is."""
    own = {choice.domain: choice.guards for choice in choices}
    training = _chosen(curriculum.training, own, tuple(curriculum.domains))
    stages = dict(curriculum.stages)
    for name in curriculum.domains:
        written, guards = stages.get(name, TrainingOverride()), own.get(name, NONE)
        asked = curriculum.stage_training(name).guards.recommended
        if asked and (written.guards is not None or guards != training.guards):
            stages[name] = written.model_copy(update={"guards": guards})
    explicit = tuple(_explicit(curriculum, stage, own) for stage in curriculum.schedule.stages)
    schedule = curriculum.schedule.model_copy(update={"stages": explicit})
    return curriculum.model_copy(update={"training": training, "stages": stages, "schedule": schedule})


def _explicit(curriculum: Curriculum, stage: ExplicitStage, own: Mapping[str, Guards]) -> ExplicitStage:
    """Where a stage that is written out has guards of its own."""
    if stage.training.guards is None:
        return stage
    guards = _chosen(curriculum.written_training(stage), own, trained_on(stage)).guards
    return stage.model_copy(update={"training": stage.training.model_copy(update={"guards": guards})})


def trained_on(stage: ExplicitStage) -> tuple[str, ...]:
    """Its domains, those without a share left out."""
    return tuple(name for name, share in stage.mixture.items() if share > 0)


def _chosen(training: Training, own: Mapping[str, Guards], names: Sequence[str]) -> Training:
    """With guards for a stage on these domains, where they are yet to be chosen."""
    if not training.guards.recommended:
        return training
    guards = _together(own, names) if training.method == "grpo" else NONE
    return training.model_copy(update={"guards": guards})


def _together(own: Mapping[str, Guards], names: Sequence[str]) -> Guards:
    """Of several domains those with a band: what ends a stage is read of all of its rollouts, so no other guard."""
    if len(names) == 1:
        return own.get(names[0], NONE)
    bands = {name: band for name in names if (band := own.get(name, NONE).pass_rate)}
    if not bands:
        return NONE
    band, *_ = bands.values()
    return Guards(pass_rate=band.model_copy(update={"domains": tuple(bands)}))
