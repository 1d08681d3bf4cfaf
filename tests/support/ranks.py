"""Processes that train a stage together."""

from __future__ import annotations

import os
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from curricula.stage import Training
from domains.errors import StageError
from experiments.executors.base import Work
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.seeding import seed_of
from experiments.training.carry import FILE
from experiments.training.grpo import PromptedTrainer
from experiments.training.ranks import everyone, from_first
from experiments.training.ranks import rank as own_rank
from experiments.training.stage import Trained
from experiments.training.watch import Watch
from experiments.worker.rank import be_one
from tests.support import warm
from tests.support.models import TINY
from tests.support.nodes import worker_environment

SFT = Training(method="sft", steps=5, prompts=8, learning_rate=1e-2, max_grad_norm=0)
GRPO = Training(steps=5, prompts=4, rollouts=4, learning_rate=1e-2, max_grad_norm=0)
STAGES = {
    "sft": SFT,
    "sft by token": SFT.model_copy(update={"loss": "token", "micro_batch": 2}),
    "grpo": GRPO.model_copy(update={"kl": 0.05}),
    "grpo by token": GRPO.model_copy(update={"loss": "token", "micro_batch": 4}),
}
"""Gradients are not clipped: AdamW's steps do not show their size, and its moments do."""


def together(processes: int, port: int, file: Path) -> Any:
    """What the first of so many processes leaves of each of the stages: its curve, tokens, health and weights."""
    ranks = [warm.start(worker_environment(), one, processes, port, file, rank) for rank in range(processes)]
    for rank in ranks:
        assert rank.wait() == 0, rank.said
    return torch.load(file, weights_only=False)


def left(trained: Trained, network: torch.nn.Module, folder: Path) -> dict[str, Any]:
    """What is compared. `folder`: where the optimizer's moments were kept."""
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    health = trained.health.model_dump() if trained.health else None
    return {
        "curve": trained.curve,
        "tokens": trained.cost.tokens,
        "health": health,
        "weights": weights,
        "moments": load_file(folder / FILE),
    }


@contextmanager
def drawn_by_row() -> Iterator[None]:
    """Rollouts whose noise belongs to a generation, its row among all processes' and the position, so that they are the
    same however rows are shared out. Draws are those of Gumbel-max."""
    generations = 0
    place = {"generation": 0, "first": 0, "position": 0}
    real = PromptedTrainer._generate_single_turn

    def generate(self: PromptedTrainer, prompt_ids: Any, *more: Any, **named: Any) -> Any:
        nonlocal generations
        generations += 1
        place.update(generation=generations, first=own_rank() * len(prompt_ids), position=0)
        return real(self, prompt_ids, *more, **named)

    def draw(chances: torch.Tensor, num_samples: int, **_: Any) -> torch.Tensor:
        place["position"] += 1
        noise = torch.empty_like(chances)
        for number, row in enumerate(noise, place["first"]):
            seed = seed_of(place["generation"], number, place["position"])
            row.exponential_(generator=torch.Generator().manual_seed(seed))
        return (chances / noise).argmax(-1, keepdim=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PromptedTrainer, "_generate_single_turn", generate)
        patch.setattr(torch, "multinomial", draw)
        yield


def one(processes: int, port: int, file: Path, rank: int) -> None:
    """One of the processes."""
    from tests.experiments.training import test_training

    warnings.simplefilter("ignore")
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes}
    os.environ |= {name: str(value) for name, value in where.items()} | {"ACCELERATE_USE_CPU": "true"}
    torch.distributed.init_process_group("gloo")
    found = all_left(test_training)
    if rank == 0:
        torch.save(found, file)
    torch.distributed.destroy_process_group()


def all_left(training: Any) -> dict[str, Any]:
    """Of each of the stages. `training`: the module of tests that has a tiny model and its data."""
    found = {}
    with tempfile.TemporaryDirectory() as own:
        save_checkpoint(*build_model(TINY), Path(own))
        # In a process group transformers lets the first process save alone.
        folder = Path(from_first(lambda: own))
        for name, stage in STAGES.items():
            # From a folder: TRL makes the model that a KL penalty holds to from where this one was loaded.
            network = load_checkpoint(TINY, folder)[0]
            with drawn_by_row():
                found[name] = left(training.train(network, stage, keep=Path(own)), network, Path(own))
        everyone(None)
    return found


def dies_then_fails(work: Work, rank: int, processes: int, folder: str) -> None:
    """A process that is killed in mid-stage the first time that it comes there, and in which later something goes
    wrong."""
    mark = Path(work.store) / "died"
    if rank == 1:
        if mark.exists():
            _at_step(5, _fail)
        else:
            _at_step(3, lambda: (mark.touch(), os.kill(os.getpid(), signal.SIGKILL)))
    be_one(work, rank, processes, folder)


def _fail() -> None:
    raise StageError("reward", "the judge said no")


def _at_step(number: int, act: Callable[[], object]) -> None:
    real = Watch.on_step_end

    def on_step_end(self: Watch, args: Any, state: Any, control: Any, **more: Any) -> None:
        real(self, args, state, control, **more)
        if state.global_step == number:
            act()

    Watch.on_step_end = on_step_end  # type: ignore[method-assign]
