"""Rules on how stages train, wherever that is written."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import Problem
from curricula.schema import Curriculum, PretrainedModel
from curricula.trainings import trainings


def training_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """All that is wrong with them; what only TRL knows is asked of it later."""
    yield from _warmups(curriculum)
    yield from _on_gpus(curriculum)
    yield from _carried(curriculum)
    yield from _quantised(curriculum)
    yield from _shared(curriculum)
    yield from _sharded(curriculum)


def _warmups(curriculum: Curriculum) -> Iterator[Problem]:
    """A stage's learning rate reaches its peak before the stage ends; of epochs that is asked once they are steps."""
    for keys, training in trainings(curriculum):
        warmup, steps = training.warmup_steps, training.steps
        if warmup >= steps and warmup and training.epochs is None:
            yield Problem((*keys, "warmup_steps"), f"must be less than the stage's steps ({steps})", warmup)


def _on_gpus(curriculum: Curriculum) -> Iterator[Problem]:
    """What only a GPU can do."""
    if curriculum.resources.gpus:
        return
    for keys, training in trainings(curriculum):
        hint = "Write `resources: {gpus: 1}`, or leave this out."
        if training.precision == "tf32":
            yield Problem((*keys, "precision"), "needs a GPU, and a stage has none", "tf32", hint)
        if training.optim.endswith("8bit"):
            yield Problem((*keys, "optim"), "needs a GPU, and a stage has none", training.optim, hint)


def _carried(curriculum: Curriculum) -> Iterator[Problem]:
    """One optimizer cannot go on with another one's moments."""
    paths = curriculum.schedule.rate != "per_stage"
    found = [(keys, training) for keys, training in trainings(curriculum) if paths or training.optimizer == "carry"]
    for keys, training in found[1:]:
        first = found[0][1].optim
        if training.optim != first:
            why = f"`schedule.rate: {curriculum.schedule.rate}` carries it on" if paths else "it is carried on"
            yield Problem((*keys, "optim"), f"must be the same in all stages ({first}), because {why}", training.optim)


def _quantised(curriculum: Curriculum) -> Iterator[Problem]:
    """Weights in four bits can be neither trained nor added to."""
    model = curriculum.model
    if not isinstance(model, PretrainedModel) or model.dtype != "nf4":
        return
    if model.lora is None:
        yield Problem(("model", "dtype"), "needs `lora`: weights in four bits are not trained", "nf4")
    if model.adapter is not None:
        hint = "Merge the two once, and name the result as `model.id`."
        yield Problem(("model", "dtype"), "cannot hold `adapter`, which would be rounded to four bits", "nf4", hint)


def _shared(curriculum: Curriculum) -> Iterator[Problem]:
    """Processes take equal parts of a step; a group of GRPO's stays whole, so parts are counted in prompts."""
    ranks, warmup = curriculum.resources.ranks, curriculum.model.warmup
    written = [((*keys, "prompts"), training.prompts) for keys, training in trainings(curriculum)]
    if warmup and warmup.steps:
        written.append((("model", "warmup", "batch"), warmup.batch))
    for keys, prompts in written:
        if prompts % ranks:
            hint = f"Take {max(1, round(prompts / ranks)) * ranks}, or other `resources.processes`."
            yield Problem(keys, f"must be a multiple of the {ranks} processes that share a stage", prompts, hint)


def _sharded(curriculum: Curriculum) -> Iterator[Problem]:
    """What was not tried, or cannot be, where no process holds the whole model."""
    if curriculum.resources.sharding == "none":
        return
    rule = "cannot be, where `resources.sharding: full` shares out the model"
    model = curriculum.model
    if isinstance(model, PretrainedModel) and model.dtype == "nf4":
        yield Problem(("model", "dtype"), rule, "nf4", "Take bfloat16.")
    for keys, training in trainings(curriculum):
        if not training.optim.startswith("adamw_torch"):
            yield Problem((*keys, "optim"), rule, training.optim, "Take adamw_torch_fused.")
        if training.trl.get("use_vllm"):
            yield Problem((*keys, "trl", "use_vllm"), rule, True, "Rollouts are made by transformers' generate.")
