"""A few steps of training, timed: what a machine is worth before any stage has finished."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from curricula.schema import ScratchModel
from curricula.stage import Method, Stage
from domains.example import Example, Split, Splits
from domains.preparation.prepare import data_versions
from domains.rewards.judge import JudgeReward
from experiments.executors.base import Work
from experiments.nodes.record import Cost
from experiments.nodes.setup import make_setup
from experiments.nodes.tree import StageNode, base_node, child_node
from experiments.nodes.warmup import warmup_stage
from experiments.run.estimating.pace import Pace
from experiments.run.estimating.questions import of_node
from experiments.run.job import Job, Prepared, open_job
from experiments.store import Store
from experiments.worker.launch import run_node

_Kind = tuple[frozenset[str], Method]

STEPS = 5
"""What is timed, from the end of the first step to the end of the last: a trainer's start would triple it."""
ITEMS = 10
"""Held-out items a domain; the time of evaluation is scaled up."""
TRAINED = 2000
"""Training items a domain: a few steps draw from no more, and hundreds of megabytes need not be written for them."""
MOST = 4
"""Kinds of stages that are timed, of the longest completions: each takes a trainer's start and a measurement."""


def trial(prepared: Prepared, *, stages: Sequence[Stage], asked: bool = False) -> Pace | None:
    """The pace of a few steps of the run's own `stages`; None for a pretrained model, which may be large, unless it is
    `asked` for, and with a judge, whose answers are paid for and would be thrown away.

    Trains in a store that is thrown away. An untrained model never ends a completion early, so a step costs
    at least what it will cost later. Raises StageError where such a stage fails, and ClusterError where it is to have
    a GPU and there is none.
    """
    model = prepared.curriculum.model
    judges = any(isinstance(one, JudgeReward) for spec in prepared.curriculum.domains.values() for one in spec.rewards)
    if judges or not stages or not (asked or isinstance(model, ScratchModel)):
        return None
    if prepared.curriculum.resources.gpus:
        from experiments.models.checkpoints import check_gpus

        check_gpus(prepared.curriculum.resources.gpus)
    warmup = warmup_stage(model.warmup, prepared.data)
    kinds = timed_kinds(stages, prepared)
    small = _small(prepared)
    with tempfile.TemporaryDirectory(prefix="stagewise-") as folder:
        job = open_job(small, Store.open(folder))
        base = base_node(job.setup)
        _cost(job, base, None)
        costs = [_stage_cost(job, base, stage) for stage, _ in kinds]
        warmup_step = _stage_cost(job, base, warmup).step_seconds if warmup else 0.0
    # Of stages: the base is not compared with itself, and what is done first pays for what is loaded.
    question = fmean(cost.eval_seconds for cost in costs) / of_node(small.setup, small.sizes, small.options)
    return Pace(
        step=fmean((cost.step_seconds for cost in costs), [steps for _, steps in kinds]),
        warmup_step=warmup_step,
        evaluation=question * of_node(prepared.setup, prepared.sizes, prepared.options),
        question=question,
        source="a trial of a few steps",
    )


def timed_kinds(stages: Sequence[Stage], prepared: Prepared) -> list[tuple[Stage, int]]:
    """Of each kind of stage, a set of domains and a method, one with the longest completions, and how many of the
    run's steps it stands for; never a mixture that the run does not train, in which an item may not fit.

    A stage on some of another's domains, by the same method, is counted to that one.
    """
    longest = sorted(stages, key=lambda stage: stage.longest_rollout(prepared.curriculum.domains))
    found = {_kind(stage): stage for stage in longest}
    steps: Counter[_Kind] = Counter()
    for stage in stages:
        steps[_kind(stage)] += stage.training.steps
    widest = [
        (stage, sum(count for other, count in steps.items() if other[1] == method and other[0] <= names))
        for (names, method), stage in found.items()
        if not any(by == method and names < more for more, by in found)
    ]
    return widest[-MOST:]


def _kind(stage: Stage) -> _Kind:
    return frozenset(stage.mixture), stage.training.method


def _small(prepared: Prepared) -> Prepared:
    """The same without warm-up and paraphrases, which would be paid for, and with few held-out items."""
    model = prepared.curriculum.model
    still = model.model_copy(update={"warmup": model.warmup and model.warmup.model_copy(update={"steps": 0})})
    settings = prepared.curriculum.evaluation
    unpaid = tuple(kind for kind in settings.inquiries if kind != "paraphrase")
    evaluation = settings.model_copy(update={"inquiries": unpaid})
    curriculum = prepared.curriculum.model_copy(update={"model": still, "evaluation": evaluation})
    data = {name: _cut(splits) for name, splits in prepared.data.items()}
    versions = {name: data_versions(splits) for name, splits in data.items()}
    setup = make_setup(curriculum, versions, prepared.setup.weights)
    return Prepared(curriculum, setup, data)


def _cut(splits: Splits) -> dict[Split, Sequence[Example]]:
    return {split: items[: TRAINED if split == "train" else ITEMS] for split, items in splits.items()}


def _stage_cost(job: Job, base: StageNode, stage: Stage) -> Cost:
    """Of a few steps on an even mix of the stage's domains, and of measuring what they left.

    What guards measure is counted by its questions: by an untrained model no prompt is in any band.
    """
    training = stage.training
    guards = training.guards.model_copy(update={"pass_rate": None, "sweet_spot": None})
    short = training.model_copy(update={"steps": STEPS, "warmup_steps": 0, "guards": guards})
    node = child_node(job.setup, base, Stage(mixture=dict.fromkeys(stage.mixture, 1.0), training=short), 0)
    return _cost(job, node, base)


def _cost(job: Job, node: StageNode, parent: StageNode | None) -> Cost:
    run_node(Work(node, parent, job.setup, job.store.url, job.curriculum.resources))
    return job.view.record(node).cost
