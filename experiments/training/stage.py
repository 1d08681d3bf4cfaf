"""Run one stage of training and say what it cost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerBase, PrinterCallback, Trainer

from curricula.guards import NONE
from curricula.stage import Method, Stage
from domains.errors import StageError
from domains.rewards import Reward
from experiments.models.checkpoints import LanguageModel
from experiments.models.quiet import upstream_warnings_ignored
from experiments.nodes.guarded import Guarded
from experiments.nodes.health import Health
from experiments.nodes.record import Cost
from experiments.training.carry import restore_optimizer, save_optimizer
from experiments.training.draw import Drawn
from experiments.training.early_stopping import EarlyStopping
from experiments.training.grpo import grpo_trainer
from experiments.training.optimizer import make_optimizer
from experiments.training.precision import multiplied_in
from experiments.training.rate import rate_schedule
from experiments.training.saving import Kept, Saver, Saving
from experiments.training.settings import updates
from experiments.training.sft import sft_trainer
from experiments.training.tally import RolloutTally
from experiments.training.watch import Beat, Watch, check_weights, weights_hash
from experiments.training.way import Examiner, Way


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
    reference: LanguageModel | None = None,
    stop: Mapping[str, tuple[str, ...]] | None = None,
    saving: Saving | None = None,
    examiner: Examiner | None = None,
) -> Trained:
    """Train `network` in place on `drawn`, in order.

    `carried` is the parent's folder and `keep` the new one, for `optimizer: carry`; `reference` is the base model, for
    `kl_to: base`; `stop` says, domain by domain, at which texts completions end. Guards may end it early. `network` is
    what the stage starts from also where it was begun before: `saving` says what there is of it. `examiner` measures it
    on its way, where its guards ask for that. Raises StageError.
    """
    started = time.monotonic()
    each = updates(stage.training)
    watch = Watch(beat, each)
    tally = RolloutTally()
    guards = stage.training.guarded_by
    limits = EarlyStopping(guards, each)
    optimizer = make_optimizer(network.to(device), stage.training)
    if carried is not None:
        restore_optimizer(optimizer, network, carried)
    before = weights_hash(network)
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as best:
        found = saving.found if saving else None
        spot = guards.sweet_spot if examiner else None
        way = Way(spot, stage, network, examiner, watch, Path(best), each, found) if spot and examiner else None
        trained = {weight: weight.data for weight in network.parameters() if weight.requires_grad}
        make, wanted = TRAINERS[stage.training.method]
        given = {
            "rewards": rewards,
            "max_tokens": max_tokens,
            "tally": tally,
            "stop": dict.fromkeys(stage.mixture, ()) | dict(stop or {}),
            "reference": reference,
        }
        trainer = make(
            network,
            tokenizer,
            stage.training,
            drawn,
            seed=seed,
            device=device,
            folder=scratch,
            callbacks=[watch, limits, *([way] if way else [])],
            optimizers=(optimizer, rate_schedule(optimizer, stage, each, limits.falling)),
            **{name: given[name] for name in wanted},
        )
        for weight, value in trained.items():
            # TRL rounds adapters on quantised weights to bfloat16, where small updates are lost.
            weight.data = value
        trainer.remove_callback(PrinterCallback)
        if saving is not None:
            kept: dict[str, Kept] = {"watch": watch, "tally": tally, "limits": limits}
            if way:
                kept["way"] = way
            Saver(saving, kept, each).attach(trainer)
        with multiplied_in(stage.training.precision, network):
            _run(trainer, found)
        course = way.settle() if way else None
    check_weights(network)
    if keep is not None:
        save_optimizer(optimizer, network, keep)
    cost = _cost(stage, watch, tally, time.monotonic() - started + watch.before, course.tokens if course else 0)
    told = tuple(each.told for each in limits.watched)
    planned, done = stage.training.steps, watch.steps
    guarded = Guarded(limits=told, course=course, planned=planned, done=done) if guards != NONE else None
    return Trained(
        tuple(watch.curve),
        cost,
        {name: count for name, count in tally.stopped.items() if count},
        health=tally.health(watch.means),
        guarded=guarded,
        moved=weights_hash(network) != before,
    )


def _run(trainer: Trainer, begun: Path | None) -> None:
    try:
        with upstream_warnings_ignored():
            trainer.train(resume_from_checkpoint=str(begun) if begun else None)
    except StageError:
        raise
    except Exception as error:
        raise StageError("training", f"{type(error).__name__}: {error}") from error


def _cost(stage: Stage, watch: Watch, tally: RolloutTally, seconds: float, measuring: int) -> Cost:
    return Cost(
        steps=watch.steps,
        rollouts=watch.steps * stage.training.completions,
        tokens=watch.tokens + measuring,
        stopped=tally.stopped.total(),
        abstained=tally.abstained,
        unread=tally.unread,
        train_seconds=seconds,
        step_seconds=watch.step_seconds,
    )
