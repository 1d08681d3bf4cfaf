"""A curriculum: all that a file may say."""

from __future__ import annotations

from pydantic import Field, field_validator

from curricula.compositions import Ordered
from curricula.merge import MergeMethod
from curricula.schema.comparison import ComparisonSpec
from curricula.schema.evaluation import Evaluation
from curricula.schema.model import Model, PretrainedModel
from curricula.schema.resources import Resources
from curricula.schema.schedule import Baselines, DomainName, ExplicitStage, MixingRule, ScheduleSpec
from curricula.schema.search import SearchSpec
from curricula.stage import Training
from curricula.training_override import TrainingOverride
from domains.decoding import Decoding
from domains.frozen import Frozen
from domains.spec import DomainSpec

MOST_SEEDS = 100


class Curriculum(Frozen):
    """What the user wrote: domains, how to train on them, and what to compare with."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    """Short name; results go to <store>/<name>-<id8>/."""
    description: str = ""
    model: Model
    domains: dict[DomainName, DomainSpec]
    training: Training = Training()
    """Defaults of every stage."""
    stages: dict[str, TrainingOverride] = Field(default={})
    """Overrides for the stage that introduces a domain."""
    schedule: ScheduleSpec = ScheduleSpec()
    baselines: Baselines = Baselines()
    comparison: ComparisonSpec = ComparisonSpec()
    """What the verdict is about, and which differences matter."""
    evaluation: Evaluation = Evaluation()
    search: SearchSpec = SearchSpec()
    """What ``stagewise search`` may change."""
    seeds: tuple[int, ...] = Field((0, 1, 2), min_length=1, max_length=MOST_SEEDS)
    """Seeds of the run's independent repetitions; intervals need at least two."""
    data_seed: int = 0
    """Which items are drawn and how they are split; the same for all seeds, so that seeds are paired."""
    resources: Resources = Resources()

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds):
            raise ValueError("must be distinct")
        return seeds

    def decoding(self, domain: str) -> Decoding:
        """How answers on `domain` are drawn in evaluation."""
        return self.domains[domain].decoding or self.evaluation.decoding

    @property
    def merges(self) -> tuple[MergeMethod, ...]:
        """Ways to merge the probes. Adapters that a warm-up has trained can only be added up, some not even that."""
        model = self.model
        warmed = isinstance(model, PretrainedModel) and model.lora is not None and model.warmup is not None
        ways = self.baselines.merges if self.mergeable else ()
        return tuple(method for method in ways if method == "linear" or not warmed)

    @property
    def interpolates(self) -> bool:
        """Whether schedules are also taken half way back to the base: a merge too."""
        return self.baselines.interpolate and self.mergeable

    @property
    def main_rule(self) -> MixingRule | None:
        """By what the schedule itself mixes; None where it is not adaptive."""
        return self.schedule.adaptive.rule if self.schedule.composition == "adaptive" else None

    @property
    def mixing_rules(self) -> tuple[MixingRule, ...]:
        """Those of all arms of adaptive mixing, the schedule's own first. Beside explicit stages there are none."""
        if self.schedule.composition == "explicit":
            return ()
        main = (self.main_rule,) if self.main_rule else ()
        return tuple(dict.fromkeys((*main, *self.baselines.adaptive)))

    @property
    def ordered(self) -> Ordered:
        """How an order becomes stages: as the schedule's does; beside one that has none, sequentially."""
        way = self.schedule.composition
        if way == "adaptive":
            return "sequential"
        return "sequential" if way == "explicit" else way

    @property
    def mergeable(self) -> bool:
        """Whether the weights of several models of the run can be added up."""
        lora = self.model.lora if isinstance(self.model, PretrainedModel) else None
        return lora is None or lora.mergeable

    def stage_training(self, domain: str) -> Training:
        """The training of the stage that introduces `domain`."""
        return self.stages.get(domain, TrainingOverride()).over(self.training)

    def written_training(self, stage: ExplicitStage) -> Training:
        """The training of a stage that is written out, before any decay; of one domain it starts from that domain's."""
        default = self.stage_training(stage.domains[0]) if len(stage.domains) == 1 else self.training
        return stage.training.over(default)
