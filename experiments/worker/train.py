"""The first half of a node: the parent's checkpoint trained on one stage, or several merged, committed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from curricula.merge import Merge
from curricula.schema import ScratchModel
from curricula.stage import Stage
from domains.errors import StageError
from domains.example import Example
from domains.rewards import Lent, build_mix
from experiments.executors.base import Work
from experiments.models.checkpoints import (
    LanguageModel,
    Reference,
    build_model,
    context_length,
    device_for,
    load_checkpoint,
    load_reference,
    save_checkpoint,
)
from experiments.models.conversion.merging import merge_checkpoints
from experiments.models.seeding import seed_of
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.lengths import check_fit, tokenizer_lengths
from experiments.nodes.provenance import provenance
from experiments.nodes.record import Cost, TrainingRecord
from experiments.nodes.tree import base_node
from experiments.nodes.warmup import warmup_stage
from experiments.store import Progress
from experiments.store.halfway import forget_halfway
from experiments.training.draw import Drawn, draw
from experiments.training.pass_rate import Banded, Sampling, banded, queue
from experiments.training.ranks import everyone, first, from_first, processes
from experiments.training.stage import Trained, train_stage
from experiments.training.watch import Beat
from experiments.worker.bench import Bench, boundary
from experiments.worker.examiner import ValidationItems
from experiments.worker.lending import lend
from experiments.worker.resuming import in_progress

Model = tuple[LanguageModel, PreTrainedTokenizerBase]


def stage_of(work: Work) -> Stage | None:
    """What a node is trained on; None where nothing is."""
    model = work.setup.model
    return warmup_stage(model.warmup, work.setup.domains) if work.node.parent is None else work.node.stage


def train(bench: Bench) -> Model | None:
    """The node's model, trained and committed to the store; None where another worker was first. Raises StageError.

    Of processes that share the stage the first alone commits, and only it has the model.
    """
    work, node = bench.work, bench.work.node
    stage = stage_of(work)
    with tempfile.TemporaryDirectory(prefix="stagewise-") as name:
        folder = Path(name)
        if node.parent is None:
            with boundary("model"):
                model = build_model(work.setup.model, work.setup.weights)
            trained = _run_stage(bench, stage, model, folder, None)
        elif node.merge:
            model, trained = _merge(bench, node.merge), Trained((), Cost())
        elif work.parent is None:
            raise StageError("store", "the stage's weights are gone, and its parent is not part of this run")
        else:
            with boundary("store"), bench.store.checkpoint(work.parent) as parent:
                with boundary("model"):
                    model = load_checkpoint(work.setup.model, parent, work.setup.weights)
                trained = _run_stage(bench, stage, model, folder, parent)
        if not first():
            return None
        untouched = stage is None and not isinstance(work.setup.model, ScratchModel) and not work.setup.model.lora
        record = TrainingRecord(
            node=node.id,
            parent=node.parent,
            seed=node.seed,
            label=node.label,
            path=node.path,
            reward_curve=trained.curve,
            health=trained.health,
            guarded=trained.guarded,
            moved=trained.moved,
            processes=processes(),
            cost=trained.cost,
            checkpoint="",
            provenance=provenance(),
        )
        with boundary("store"):
            save_checkpoint(*model, folder, work.setup.model if untouched else None, trained.weights)
            kept = bench.store.commit(node, work.setup, record, folder)
            forget_halfway(bench.store, node)
    # What is measured must be what is kept.
    return model if kept else None


def _merge(bench: Bench, merge: Merge) -> Model:
    """The sources' checkpoints and the base's as one model."""
    work, store = bench.work, bench.store
    with ExitStack() as open_places, boundary("store"):
        base = open_places.enter_context(store.checkpoint(base_node(work.setup)))
        sources = [open_places.enter_context(store.checkpoint(node)) for node in work.node.sources]
        with boundary("model"):
            return merge_checkpoints(work.setup.model, base, sources, merge, work.setup.weights)


def _run_stage(bench: Bench, stage: Stage | None, model: Model, folder: Path, parent: Path | None) -> Trained:
    """Train in place; nothing where there is no stage."""
    work, node = bench.work, bench.work.node
    if stage is None:
        return Trained((), Cost())
    pools = {name: bench.examples(name, "train") for name in stage.mixture}
    # A warm-up draws apart from the stages, so that these begin with the same examples with and without one.
    seed = f"warm-up {work.setup.model.seed}" if node.seed is None else str(node.seed)
    longest = stage.longest_rollout(work.setup.domains)
    with boundary("reward"):
        lent = lend(bench.store, work.resources.gpus)
        scored = pools if stage.training.method == "grpo" else ()
        rewards = {name: build_mix(work.setup.domains[name].rewards, pools[name], lent) for name in scored}
    sampling = Sampling(
        rewards=rewards,
        stop={name: work.setup.domains[name].stop for name in stage.mixture},
        max_tokens=longest,
        temperature=stage.training.temperature,
        seed=seed,
    )
    band = from_first(lambda: _banded(bench, stage, model, sampling, pools))
    drawn = draw(stage.examples, pools, seed, node.drawn, stage.training.drawn_together, band.kept)
    _check_fit(drawn, longest if stage.training.method == "grpo" else 0, model)
    carry = stage.training.optimizer == "carry"
    with in_progress(bench, stage, lent.tally) as (saving, asked), boundary("training"):
        trained = train_stage(
            *model,
            stage,
            drawn,
            rewards=rewards,
            max_tokens=longest,
            seed=seed_of("training", node.id),
            device=device_for(work.resources.gpus),
            beat=_beat(bench),
            carried=parent if carry else None,
            keep=folder if carry else None,
            reference=_reference(bench, stage),
            stop=sampling.stop,
            saving=saving,
            examiner=_examiner(bench, stage, model, lent),
            sharded=work.resources.sharding == "full" and processes() > 1,
        )
        trained = band.added_to(trained)
        bill = sum(everyone(lent.tally.bill), asked)
        return replace(trained, cost=trained.cost.model_copy(update={"asked": bill}))


def _beat(bench: Bench) -> Beat:
    """Signs of life to the store, of several processes from the first."""
    store, node = bench.store, bench.work.node
    if not first():
        return lambda *_: None
    return lambda step, steps, reward, seconds: store.beat(
        node, Progress(step=step, steps=steps, reward=reward, seconds=seconds)
    )


def _banded(
    bench: Bench, stage: Stage, model: Model, sampling: Sampling, pools: Mapping[str, Sequence[Example]]
) -> Banded:
    """Which prompts the stage's guard leaves to be drawn, by the model as it is now; the model is not changed."""
    guard, work, node = stage.training.guarded_by.pass_rate, bench.work, bench.work.node
    if guard is None:
        return Banded()
    names = [name for name, count in stage.examples.items() if count and name in (guard.domains or stage.mixture)]
    queues = {name: queue(pools[name], name, sampling.seed, node.drawn.get(name, 0), guard.items) for name in names}
    _check_fit([Drawn(name, item) for name in names for item in queues[name]], sampling.max_tokens, model)
    subject = LocalModel.placed(*model, work.setup.evaluation.batch, work.resources.gpus)
    with boundary("training"):
        return banded(subject, guard, queues, sampling)


def _examiner(bench: Bench, stage: Stage, model: Model, lent: Lent) -> ValidationItems | None:
    """Where the stage's guard asks for it."""
    guard = stage.training.guarded_by.sweet_spot
    return ValidationItems(bench, model[1], lent, guard.items) if guard else None


def _reference(bench: Bench, stage: Stage) -> Reference | None:
    """The base model, of LoRA its adapters: where a KL penalty holds to it, or a KL budget is measured from it."""
    training = stage.training
    held = training.method == "grpo" and (training.kl or training.guards.kl)
    if not held or training.kl_to != "base":
        return None
    setup = bench.work.setup
    with boundary("store"), bench.store.checkpoint(base_node(setup)) as place, boundary("model"):
        return load_reference(setup.model, place, setup.weights)


def _check_fit(drawn: list[Drawn], longest: int, model: Model) -> None:
    """Once more, in case that nobody asked before: a prompt may be completed as far as the mixture's longest domain.

    `longest` is 0 where nothing is completed.
    """
    network, tokenizer = model
    lengths = tokenizer_lengths(tokenizer, context_length(network))
    found = {(each.domain, each.example.prompt, each.example.answer): each for each in drawn}
    with boundary("data"):
        for each in found.values():
            check_fit(each.domain, [each.example], lengths, longest)
