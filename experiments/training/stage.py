"""Run one stage of training and say what it cost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase, PrinterCallback, Trainer

from curricula.stage import Method, Stage
from domains.errors import StageError
from domains.rewards import Reward
from experiments.models.checkpoints import LanguageModel, Reference
from experiments.models.quiet import upstream_warnings_ignored
from experiments.nodes.guarded import Guarded
from experiments.nodes.health import Health
from experiments.nodes.record import Cost
from experiments.training.carry import restore_optimizer, save_optimizer
from experiments.training.course import Examiner
from experiments.training.draw import Drawn
from experiments.training.followers import Followers
from experiments.training.grpo import grpo_trainer
from experiments.training.optimizer import optimizer_maker
from experiments.training.precision import multiplied_in
from experiments.training.ranks import everyone, from_first
from experiments.training.rate import rate_schedule
from experiments.training.saving import Saver, Saving
from experiments.training.settings import updates
from experiments.training.sft import sft_trainer
from experiments.training.sharding import announce, shard, whole_weights
from experiments.training.vllm import let_go
from experiments.training.watch import Beat, check_weights, weights_hash


@dataclass(frozen=True)
class Trained:
    """What a stage left beside the changed weights."""

    curve: tuple[float, ...]
    """Mean reward (GRPO) or loss (SFT), at most 50 points."""
    cost: Cost
    stopped: Mapping[str, int] = field(default_factory=dict)
    """Domain → completions that scored 0 because a reward's time limit struck; only domains where it did."""
    health: Health | None = None
    """Of its rollouts; None for SFT."""
    guarded: Guarded | None = None
    """What its guards did; None where it has none."""
    moved: bool = True
    """Whether a single bit of the trained weights changed."""
    weights: Mapping[str, torch.Tensor] | None = None
    """The model's state where the model itself is in parts, in the first process; else None."""


TRAINERS: dict[Method, tuple[Callable[..., Trainer], tuple[str, ...]]] = {
    "sft": (sft_trainer, ()),
    "grpo": (grpo_trainer, ("rewards", "max_tokens", "tally", "stop", "reference")),
}
"""Method → what makes its trainer, and what that needs beyond the model, the data and the stage's training.

To add a method: write its trainer in a file of its own and name it here and in `Method`.
"""


def train_stage(
    network: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    stage: Stage,
    drawn: Sequence[Drawn],
    *,
    rewards: Mapping[str, Reward],
    max_tokens: int,
    seed: int,
    device: torch.device,
    beat: Beat,
    carried: Path | None = None,
    keep: Path | None = None,
    reference: Reference | None = None,
    stop: Mapping[str, tuple[str, ...]] | None = None,
    saving: Saving | None = None,
    examiner: Examiner | None = None,
    sharded: bool = False,
) -> Trained:
    """Train `network` in place on `drawn`, in order.

    `carried` is the parent's folder and `keep` the new one, for `optimizer: carry`; `reference` is the base model, or
    its adapters, for `kl_to: base`; `stop` says, domain by domain, at which texts completions end. Guards may end it
    early. `network` is what the stage starts from also where it was begun before: `saving` says what there is of it.
    `examiner` measures it on its way, where its guards ask for that. In a process group all processes of it share every
    step: each must be given the same, and all leave the same; `sharded` leaves `network` in parts, one a process.
    Raises StageError.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as best:
        # Of one machine: each adds its part to what is saved there.
        scratch = from_first(lambda: own)
        found = saving.found if saving else None
        followers = Followers.of(stage, network, beat, examiner, Path(best), found)
        given = {
            "rewards": rewards,
            "max_tokens": max_tokens,
            "tally": followers.tally,
            "stop": dict.fromkeys(stage.mixture, ()) | dict(stop or {}),
            "reference": reference,
        }
        place = {"seed": seed, "device": device, "folder": scratch}
        make = optimizer_maker(stage.training, on_cpu=device.type == "cpu")
        trainer = _trainer(network, tokenizer, stage, drawn, followers, given, place, sharded)
        optimizer = make(network)
        if carried is not None:
            restore_optimizer(optimizer, network, carried)
        trainer.optimizer = optimizer
        trainer.lr_scheduler = rate_schedule(optimizer, stage, updates(stage.training), followers.stopping.falling)
        before = weights_hash(network)
        if saving is not None:
            Saver(saving, followers.kept, updates(stage.training)).attach(trainer)
        with multiplied_in(stage.training.precision, network):
            _run(trainer, found)
        course = followers.recorder.settle() if followers.recorder else None
        followers = replace(followers, tally=followers.tally.together())
    check_weights(network)
    if keep is not None:
        save_optimizer(optimizer, network, keep)
    tally = followers.tally
    return Trained(
        tuple(followers.watch.curve),
        followers.cost(time.monotonic() - started, course),
        {name: count for name, count in tally.stopped.items() if count},
        health=tally.health(followers.watch.means),
        guarded=followers.guarded(course),
        moved=any(everyone(weights_hash(network) != before)),
        weights=whole_weights(network),
    )


def _trainer(
    network: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    stage: Stage,
    drawn: Sequence[Drawn],
    followers: Followers,
    given: Mapping[str, object],
    place: Mapping[str, Any],
    sharded: bool,
) -> Trainer:
    """The trainer of the stage's method, ready to run but for its optimizer, with the model where it is trained.
    `given`: what methods may need; `place`: where and by which seed it trains."""
    if sharded:
        announce(network)
    else:
        network.to(place["device"])
    trained = {weight: weight.data for weight in network.parameters() if weight.requires_grad}
    make, wanted = TRAINERS[stage.training.method]
    trainer = make(
        network,
        tokenizer,
        stage.training,
        drawn,
        callbacks=followers.callbacks,
        **place,
        **{name: given[name] for name in wanted},
    )
    for weight, value in trained.items():
        # TRL rounds adapters on quantised weights to bfloat16, where small updates are lost.
        weight.data = value
    for weight in set(network.parameters()) - set(trained):
        # Adapters that TRL adds to hold a KL penalty to.
        weight.requires_grad_(False)
    if sharded:
        shard(network, place["device"])
        if getattr(trainer, "ref_model", None) is not None:
            shard(trainer.ref_model, place["device"])
    trainer.remove_callback(PrinterCallback)
    return trainer


def _run(trainer: Trainer, begun: Path | None) -> None:
    try:
        with upstream_warnings_ignored():
            trainer.train(resume_from_checkpoint=str(begun) if begun else None)
    except StageError:
        raise
    except Exception as error:
        raise StageError("training", f"{type(error).__name__}: {error}") from error
    finally:
        let_go(trainer)
