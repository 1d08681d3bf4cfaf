"""What joint training does by each method: its training, the domains and their shares, and the budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from curricula.schema import Curriculum
from curricula.stage import Method, Stage, Training
from curricula.together import own_stages, training_together
from scheduler.composing.compositions.explicit import explicit_stages


@dataclass(frozen=True)
class Part:
    """What joint training does by one method."""

    training: Training
    examples: Mapping[str, float]
    """Domain → prompts, in the proportions of the stages that it stands for."""
    budget: int
    """Completions of those stages."""

    def steps(self, completions: float) -> int:
        """Steps that spend these, rounded up in favour of joint training."""
        return self.training.steps_for(completions)

    def stage(self, completions: float, rate: float = 1.0, lengths: Mapping[str, float] | None = None) -> Stage:
        """One stage over all of its domains that spends these."""
        shares = {name: count * (lengths or {}).get(name, 1.0) for name, count in self.examples.items()}
        return Stage(mixture=shares, training=self.training.lasting(self.steps(completions), rate))


def even_stage(curriculum: Curriculum, names: Sequence[str]) -> Stage:
    """One stage on these domains, which are trained by one method, in equal shares: as long as one's own on average."""
    part = _part(curriculum, own_stages(curriculum, names))
    return part.stage(part.budget / len(names)).model_copy(update={"mixture": dict.fromkeys(names, 1 / len(names))})


def sources(curriculum: Curriculum, names: Collection[str]) -> tuple[Stage, ...]:
    """The stages whose methods and shares joint training takes: those that are written out, else the own of `names`."""
    if curriculum.schedule.composition == "explicit":
        return explicit_stages(curriculum)
    return own_stages(curriculum, names)


def parts_of(curriculum: Curriculum, sources: Sequence[Stage]) -> dict[Method, Part]:
    """Method → its part, in the order in which methods first come."""
    found: dict[Method, list[Stage]] = {}
    for stage in sources:
        found.setdefault(stage.training.method, []).append(stage)
    return {method: _part(curriculum, stages) for method, stages in found.items()}


def _part(curriculum: Curriculum, stages: Sequence[Stage]) -> Part:
    """Of the stages of one method."""
    examples: Counter[str] = Counter()
    for stage in stages:
        examples.update(stage.examples)
    completions = sum(stage.rollout_budget for stage in stages)
    shares = {name: float(count) for name, count in examples.items() if count}
    return Part(training_together(curriculum, stages), shares, completions)
