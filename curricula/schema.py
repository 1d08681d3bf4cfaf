"""What a curriculum may say. Unknown keys are refused; every field's docstring reaches the JSON Schema."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from curricula.search import SearchSpec
from curricula.stage import Training, TrainingOverride
from domains.frozen import Frozen
from domains.spec import DomainSpec

OrderName = Literal["bwt", "bwt_entropy", "entropy", "greedy", "given", "random", "reverse"]
Composition = Literal["sequential", "cumulative", "explicit"]
Metric = Literal["nll", "entropy", "reference_entropy", "kl"]


class Warmup(Frozen):
    """SFT on an even mix of all domains that gives a from-config model something to reinforce."""

    steps: int = Field(400, ge=0)
    """Optimizer steps; 0 leaves the model at its random initialisation."""
    batch: int = Field(64, gt=0)
    """Examples per step."""
    learning_rate: float = Field(1e-3, gt=0)
    """Peak learning rate: it rises over the first twentieth of the steps, then falls to zero by a cosine."""


class ScratchModel(Frozen):
    """A small Llama-architecture model built from this config, with a character tokenizer."""

    type: Literal["scratch"]
    hidden_size: int = Field(96, gt=0)
    """Width; must be divisible by twice `heads`."""
    layers: int = Field(3, gt=0)
    heads: int = Field(4, gt=0)
    context: int = Field(256, gt=0)
    """Longest prompt plus completion, in characters."""
    warmup: Warmup = Warmup()

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if self.hidden_size % (2 * self.heads):
            raise ValueError(f"hidden_size: must be divisible by 2 × heads ({2 * self.heads})")
        return self


class Lora(Frozen):
    """Train low-rank adapters instead of all weights (PEFT)."""

    rank: int = Field(8, gt=0)
    alpha: float = Field(16.0, gt=0)
    dropout: float = Field(0.0, ge=0, lt=1)
    targets: tuple[str, ...] | Literal["all-linear"] = "all-linear"
    """Module names that get adapters."""


class PretrainedModel(Frozen):
    """Any Hugging Face causal language model, by hub id or local folder. Remote code is never run."""

    type: Literal["pretrained"]
    id: str = Field(min_length=1)
    """Hub id such as ``Qwen/Qwen3-0.6B``, or a folder with config.json and safetensors."""
    revision: str | None = None
    """Hub revision; pin it for a run that can be repeated."""
    lora: Lora | None = None
    """Adapters; without this key all weights are trained."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Of the frozen weights under `lora`. Without it all weights are trained, and always in float32."""
    warmup: Warmup | None = None
    """Optional SFT on the mix before the first stage."""


Model = Annotated[ScratchModel | PretrainedModel, Field(discriminator="type")]


class ExplicitStage(Frozen):
    """One stage written by hand."""

    mixture: dict[str, float] = Field(min_length=1)
    """Shares of the domains; they are normalised."""
    repeat: int = Field(1, gt=0)
    """Run the stage this many times in a row."""
    training: TrainingOverride = TrainingOverride()


class Probing(Frozen):
    """Stages trained to learn which order is best, beyond one a domain; they are chosen where the order is undecided.

    All of them are beginnings of orders, so the schedule reuses those that it starts with.
    """

    budget: int = Field(0, ge=0)
    """Most further stage runs a seed; 0 plans from one stage a domain."""
    stable: float = Field(0.9, gt=0.5, le=1)
    """Stop once an order is best with this probability."""


class ScheduleSpec(Frozen):
    """How the order is found and how it becomes stages."""

    order: OrderName = "bwt"
    """How domains are put in order.

    `bwt` is exact, from measured transfer; `bwt_entropy` is bwt with falling entropy first as a prior where transfer
    is undecided; `entropy` puts falling output entropy first; `greedy` takes the
    highest mean score on the rest first; `given` is the order you write; `random` draws one; `reverse` is the
    worst of bwt.
    """
    composition: Composition = "sequential"
    """How an order becomes stages.

    `sequential` trains one domain a stage; `cumulative` trains the first k domains in stage k; `explicit`
    runs the `stages` written here.
    """
    given: tuple[str, ...] | None = None
    """The order itself, for `order: given`."""
    replay: float = Field(0.0, ge=0, lt=1)
    """Sequential: share of each stage's prompts drawn from the domains before it."""
    lr_decay: float = Field(1.0, gt=0, le=1)
    """The learning rate of stage k is multiplied by lr_decay**k."""
    leave_out: Literal["none", "auto"] | tuple[str, ...] = "none"
    """Domains that get no stage; their score still counts.

    `auto` leaves out what the transfer matrix says harms the total.
    """
    stages: tuple[ExplicitStage, ...] = ()
    """The stages, for `composition: explicit`."""
    probing: Probing = Probing()
    """For `order: bwt`: further probes, and a model that learns from all of them."""


class Baselines(Frozen):
    """What the schedule is compared with, at equal budget. Explicit stages have no order: joint training only."""

    joint: bool = True
    """All domains mixed in one stage of the schedule's whole budget: joint training as people run it."""
    joint_tuned: bool = True
    """Joint with the schedule's freedoms: its learning-rate decay, and leaving out what it leaves out."""
    joint_probes: bool = True
    """Joint given also the steps that the probes used."""
    orders: tuple[Literal["bwt", "bwt_entropy", "entropy", "greedy", "reverse"], ...] = ("entropy", "greedy", "reverse")
    """Other ways to order, composed like the schedule."""
    compositions: tuple[Literal["sequential", "cumulative"], ...] = ("sequential", "cumulative")
    """The schedule's order, composed in these ways too."""
    random_orders: int = Field(2, ge=0)
    """How many random orders."""


class Evaluation(Frozen):
    """What is measured after every stage, on every domain."""

    validation: int = Field(150, ge=2)
    """Items a domain that the planner sees."""
    test: int = Field(150, ge=2)
    """Items a domain that claims are made on."""
    samples: int = Field(4, ge=2)
    """Completions per prompt at temperature 1 for creative domains, whose score is that of the group."""
    entropy_items: int = Field(48, ge=2)
    """Items a domain for own-sample entropy and KL."""
    metrics: tuple[Metric, ...] = ("nll", "entropy", "reference_entropy", "kl")
    """Measured beside the primary metric."""
    batch: int = Field(64, gt=0)
    """Sequences per forward pass."""


class Resources(Frozen):
    """What one stage gets. Never part of a result's identity."""

    cpus: int = Field(1, gt=0)
    """CPUs a stage; also its number of torch threads."""
    gpus: float = Field(0, ge=0, le=1)
    """GPUs a stage: 0, 1, or a share of one."""
    retries: int = Field(2, ge=0)
    """How often a stage is started again after its worker died."""


class Curriculum(Frozen):
    """What the user wrote: domains, how to train on them, and what to compare with."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    """Short name; results go to <store>/<name>-<id8>/."""
    description: str = ""
    model: Model
    domains: dict[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")], DomainSpec]
    training: Training = Training()
    """Defaults of every stage."""
    stages: dict[str, TrainingOverride] = Field(default={})
    """Overrides for the stage that introduces a domain."""
    schedule: ScheduleSpec = ScheduleSpec()
    baselines: Baselines = Baselines()
    evaluation: Evaluation = Evaluation()
    search: SearchSpec = SearchSpec()
    """What ``stagewise search`` may change."""
    seeds: tuple[int, ...] = Field((0, 1, 2), min_length=1, max_length=100)
    """One independent repetition each; intervals need at least two."""
    data_seed: int = 0
    """Which items are drawn and how they are split; the same for all seeds, so that seeds are paired."""
    resources: Resources = Resources()

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds):
            raise ValueError("must be distinct")
        return seeds

    def stage_training(self, domain: str) -> Training:
        """The training of the stage that introduces `domain`."""
        return self.stages.get(domain, TrainingOverride()).over(self.training)
