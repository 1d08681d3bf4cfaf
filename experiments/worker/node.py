"""Run one node: train the parent's checkpoint on one stage, evaluate, commit."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from curricula.schema import ScratchModel
from curricula.stage import Stage
from domains.errors import Boundary, StageError, UserError
from domains.example import SPLITS, Example, Split
from domains.rewards import Reward, build_mix, build_reward
from experiments.evaluation.tasks import HELD_OUT, Exam, evaluate
from experiments.executors.base import Work
from experiments.models.checkpoints import (
    LanguageModel,
    build_model,
    context_length,
    device_for,
    load_checkpoint,
    save_checkpoint,
)
from experiments.models.local import Subject
from experiments.models.seeding import seed_all, seed_of
from experiments.nodes.provenance import provenance
from experiments.nodes.record import Cost, DomainScore, Record
from experiments.nodes.tree import StageNode, base_node
from experiments.nodes.warmup import warmup_stage
from experiments.store import Progress, Store
from experiments.training.draw import Drawn, draw
from experiments.training.lengths import check_fit
from experiments.training.stage import Trained, train_stage

SAMPLES = "samples.json"
"""The base model's own samples, beside its weights; every later node measures its KL on them."""

Data = Mapping[str, Mapping[Split, tuple[Example, ...]]]


@dataclass(frozen=True)
class Bench:
    """What the steps of one node share."""

    work: Work
    store: Store
    data: Data


def run_node(work: Work) -> None:
    """Train, evaluate and commit one node. Raises StageError, which names the boundary that failed.

    The result depends on `work` alone: every random number is seeded here, whatever this process did before.
    """
    with boundary("store"):
        store = Store.open(work.store, create=False)
    with boundary("data"):
        data = {name: store.data(name, domain.data) for name, domain in work.setup.domains.items()}
    seed_all(seed_of("node", work.node.id), work.resources.cpus)
    bench = Bench(work, store, data)
    with tempfile.TemporaryDirectory(prefix="stagewise-") as name, ExitStack() as stack:
        folder = Path(name)
        network, tokenizer, trained = _train(bench, folder, stack)
        started = time.monotonic()
        scores = _evaluate(bench, network, tokenizer, folder, stack)
        seconds = time.monotonic() - started
        record = Record(
            node=work.node.id,
            parent=work.node.parent,
            seed=work.node.seed,
            label=work.node.label,
            path=work.node.path,
            scores=scores,
            reward_curve=trained.curve,
            cost=trained.cost.model_copy(update={"eval_seconds": seconds}),
            checkpoint="",
            provenance=provenance(),
        )
        with boundary("store"):
            store.commit(work.node, work.setup, record, folder)


@contextmanager
def boundary(name: Boundary) -> Iterator[None]:
    """Whatever goes wrong inside is a StageError at this boundary."""
    try:
        yield
    except StageError:
        raise
    except UserError as error:
        raise StageError(name, str(error)) from error
    except Exception as error:
        raise StageError(name, f"{type(error).__name__}: {error}") from error


def _train(bench: Bench, folder: Path, stack: ExitStack) -> tuple[LanguageModel, PreTrainedTokenizerBase, Trained]:
    """The node's model, trained and saved into `folder`."""
    work, node = bench.work, bench.work.node
    carried = None
    with boundary("model"):
        if work.parent is None:
            network, tokenizer = build_model(work.setup.model, node.seed)
            _check_fit(bench, network, tokenizer)
        else:
            parent = stack.enter_context(bench.store.checkpoint(work.parent))
            network, tokenizer = load_checkpoint(work.setup.model, parent)
            carried = parent
    stage = node.stage or warmup_stage(work.setup.model.warmup, work.setup.domains)
    trained = Trained((), Cost())
    if stage is not None:
        trained = _run_stage(bench, stage, (network, tokenizer), folder, carried)
    untouched = stage is None and not isinstance(work.setup.model, ScratchModel) and not work.setup.model.lora
    with boundary("store"):
        save_checkpoint(network, tokenizer, folder, work.setup.model if untouched else None)
    return network, tokenizer, trained


def _run_stage(
    bench: Bench,
    stage: Stage,
    model: tuple[LanguageModel, PreTrainedTokenizerBase],
    folder: Path,
    carried: Path | None,
) -> Trained:
    work, node = bench.work, bench.work.node
    pools = {name: bench.data[name]["train"] for name in stage.mixture}
    training = stage.training
    drawn = draw(stage.mixture, pools, training.steps * training.prompts, _order_seed(node, stage))
    _check_rollouts(drawn, longest_completion(bench, stage), model)
    with boundary("reward"):
        rewards = {name: build_mix(work.setup.domains[name].rewards, pools[name]) for name in pools}
    carry = training.optimizer == "carry"
    with boundary("training"):
        return train_stage(
            *model,
            stage,
            drawn,
            rewards=rewards,
            max_tokens=longest_completion(bench, stage),
            seed=seed_of("training", node.id),
            device=device_for(work.resources.gpus),
            beat=lambda step, steps, reward, seconds: bench.store.beat(
                node, Progress(step=step, steps=steps, reward=reward, seconds=seconds)
            ),
            carried=carried if carry else None,
            keep=folder if carry else None,
        )


def _check_rollouts(drawn: list[Drawn], longest: int, model: tuple[LanguageModel, PreTrainedTokenizerBase]) -> None:
    """In a mixture every prompt may be completed as far as the mixture's longest domain."""
    network, tokenizer = model
    for name in {each.domain for each in drawn}:
        examples = (each.example for each in drawn if each.domain == name)
        check_fit(name, examples, tokenizer, max_tokens=longest, context=context_length(network))


def _order_seed(node: StageNode, stage: Stage) -> int:
    """Which examples a stage draws: the same wherever it stands, other ones when it is repeated."""
    return seed_of("order", node.seed, stage, *([node.repeat] if node.repeat else []))


def _evaluate(
    bench: Bench,
    network: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    folder: Path,
    stack: ExitStack,
) -> dict[Split, dict[str, DomainScore]]:
    """Scores on both held-out splits; the base also leaves its samples in `folder`."""
    work = bench.work
    settings = work.setup.evaluation
    device = device_for(work.resources.gpus)
    subject = Subject(network.to(device).eval(), tokenizer, settings.batch)
    base, samples = None, None
    if work.node.parent is not None and "kl" in settings.metrics:
        with boundary("model"):
            place = stack.enter_context(bench.store.checkpoint(base_node(work.setup, work.node.seed)))
            start, _ = load_checkpoint(work.setup.model, place, trainable=False)
            samples = json.loads((place / SAMPLES).read_text(encoding="utf-8"))
            base = Subject(start.to(device).eval(), tokenizer, settings.batch)
    with boundary("evaluation"):
        scores, own = evaluate(subject, exams(bench), base, samples)
    if work.node.parent is None:
        (folder / SAMPLES).write_text(json.dumps(own), encoding="utf-8")
    return scores


def exams(bench: Bench) -> list[Exam]:
    """One exam for each domain and held-out split."""
    found = []
    for name, domain in bench.work.setup.domains.items():
        spec = next(spec for spec in domain.rewards if spec.type == domain.metric)
        with boundary("reward"):
            reward: Reward = build_reward(spec, bench.data[name]["train"])
        for split in HELD_OUT:
            items = tuple(bench.data[name][split])
            found.append(Exam(name, domain, items, split, reward, bench.work.setup.evaluation, bench.work.node.seed))
    return found


def _check_fit(bench: Bench, network: LanguageModel, tokenizer: PreTrainedTokenizerBase) -> None:
    for name, domain in bench.work.setup.domains.items():
        examples = (example for split in SPLITS for example in bench.data[name][split])
        check_fit(name, examples, tokenizer, max_tokens=domain.max_tokens, context=context_length(network))


def longest_completion(bench: Bench, stage: Stage) -> int:
    """Tokens a rollout may have: the stage's own limit, else the largest of its domains."""
    domains = bench.work.setup.domains
    return stage.training.max_tokens or max(domains[name].max_tokens for name in stage.mixture)
