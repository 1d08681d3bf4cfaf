"""What is to be trained, before any tool's words for it: stages in order, with the very examples that they draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curricula.schema import Curriculum, Lora, PretrainedModel
from curricula.stage import Schedule, Stage
from domains.errors import UserError
from experiments.nodes.setup import SetupDomain
from experiments.nodes.tree import StageNode, paid_nodes
from experiments.run.job import Job
from experiments.training.draw import Drawn, draw

BASE = "base"
"""Folder of the base model, where it is none that can be named."""


@dataclass(frozen=True)
class StageRecipe:
    """One stage with its data."""

    number: int
    """1 for the first."""
    stage: Stage
    drawn: tuple[Drawn, ...]
    """What it sees, in order: steps × prompts examples."""
    max_tokens: int
    """Longest completion."""

    @property
    def name(self) -> str:
        """Of its files and folders."""
        return f"stage-{self.number}"


@dataclass(frozen=True)
class Recipe:
    """A schedule for one seed."""

    curriculum: Curriculum
    run: str
    arm: str
    seed: int
    chat: bool
    """Whether the model's tokenizer has a chat template."""
    named: bool
    """Whether the first stage starts from a model that can be named, not from one in the folder `BASE`."""
    domains: Mapping[str, SetupDomain]
    stages: tuple[StageRecipe, ...]

    @property
    def base(self) -> str:
        """What the first stage starts from: a hub id, or a folder."""
        model = self.curriculum.model
        return model.id if self.named and isinstance(model, PretrainedModel) else BASE

    @property
    def revision(self) -> str | None:
        """The hub's revision of `base`."""
        model = self.curriculum.model
        return model.revision if self.named and isinstance(model, PretrainedModel) else None

    @property
    def lora(self) -> Lora | None:
        """Adapters; None: all weights are trained."""
        model = self.curriculum.model
        return model.lora if isinstance(model, PretrainedModel) else None

    @property
    def dtype(self) -> str:
        """Of the weights as they are loaded: whole training is in float32."""
        model = self.curriculum.model
        return model.dtype if isinstance(model, PretrainedModel) and model.lora else "float32"

    @property
    def reinforced(self) -> tuple[str, ...]:
        """The domains that stages by GRPO train: of no others are rewards asked."""
        names = {name for one in self.stages if one.stage.training.method == "grpo" for name in one.stage.mixture}
        return tuple(name for name in self.domains if name in names)

    def talks(self, stage: StageRecipe) -> bool:
        """Whether the stage's items go through the chat template. UserError where some do and others do not."""
        kinds = {self.chat and not each.example.plain for each in stage.drawn}
        if len(kinds) > 1:
            raise UserError(
                "cannot mix chat and plain text in one stage",
                key="--to",
                value=stage.stage.label,
                hint="Give all of its domains the same `chat:`.",
            )
        return kinds.pop()


def make_recipe(job: Job, schedule: Schedule, seed: int, *, chat: bool) -> Recipe:
    """Draw what every stage of `schedule` sees. UserError for models that are merged, not trained."""
    if schedule.merge or not schedule.stages:
        raise UserError(
            "has no stages of its own", key="--arm", value=schedule.name, hint="Name an arm that was trained."
        )
    if isinstance(job.curriculum.model, PretrainedModel) and job.curriculum.model.dtype == "nf4":
        rule = "writes no weights in four bits (`model.dtype: nf4`)"
        raise UserError(rule, key="--to", hint="With --set model.dtype=bfloat16 the schedule is written in that.")
    nodes = [node for node in paid_nodes(job.setup, schedule, seed) if node.stage is not None]
    model = job.curriculum.model
    return Recipe(
        curriculum=job.curriculum,
        run=job.run,
        arm=schedule.name,
        seed=seed,
        chat=chat,
        named=isinstance(model, PretrainedModel) and not (model.adapter or (model.warmup and model.warmup.steps)),
        domains=job.setup.domains,
        stages=tuple(_stage(job, at, node, seed) for at, node in enumerate(nodes, start=1)),
    )


def _stage(job: Job, number: int, node: StageNode, seed: int) -> StageRecipe:
    stage = node.stage
    assert stage is not None
    pools = {name: job.prepared.data[name]["train"] for name in stage.mixture}
    return StageRecipe(
        number=number,
        stage=stage,
        drawn=tuple(draw(stage.examples, pools, str(seed), node.drawn, stage.training.drawn_together)),
        max_tokens=stage.longest_rollout(job.setup.domains),
    )
