"""Processes that train a stage together."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from safetensors.torch import load_file
from transformers import MixtralConfig, MixtralForCausalLM

from curricula.guards import Guards, SweetSpot
from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from domains.errors import StageError
from experiments.executors.base import Work
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.seeding import seed_of
from experiments.nodes.course import PointScores
from experiments.training.carry import FILE
from experiments.training.grpo import PromptedTrainer
from experiments.training.ranks import everyone, from_first, processes
from experiments.training.ranks import rank as own_rank
from experiments.training.saving import Saving
from experiments.training.sharding import own as own_part
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
    "experts": SFT.model_copy(update={"steps": 2, "learning_rate": 1e-5}),
}
"""Gradients are not clipped: AdamW's steps do not show their size, and its moments do. Of experts most of a
router's gradient cancels out, and the rest is rounded otherwise: so their steps are small."""
SHARED = {
    "sft": SFT.model_copy(update={"steps": 3, "micro_batch": 2, "gradient_checkpointing": True}),
    "grpo": GRPO.model_copy(update={"steps": 3, "kl": 0.05}),
    "experts": STAGES["experts"],
    "grpo lora": GRPO.model_copy(update={"steps": 3, "kl": 0.05}),
}
"""Trained with the model shared out among the processes."""
WATCHED = SFT.model_copy(
    update={"steps": 4, "checkpoint_every": 2, "guards": Guards(sweet_spot=SweetSpot(points=2, items=2, loss=1e6))}
)
"""Trained so too, and taken up again half-way."""


def together(count: int, port: int, file: Path) -> Any:
    """What the first of so many processes leaves of each of the stages: its curve, tokens, health and weights."""
    ranks = [warm.start(worker_environment(), one, count, port, file, rank) for rank in range(count)]
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
        "moments": load_file(folder / FILE) if own_rank() == 0 else {},
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


def one(count: int, port: int, file: Path, rank: int) -> None:
    """One of the processes."""
    from tests.experiments.training import test_training

    warnings.simplefilter("ignore")
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count}
    os.environ |= {name: str(value) for name, value in where.items()} | {"ACCELERATE_USE_CPU": "true"}
    torch.distributed.init_process_group("gloo")
    found = {"whole": all_left(test_training), "parts": parts_left(test_training)}
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
            network = experts() if name == "experts" else load_checkpoint(TINY, folder)[0]
            with drawn_by_row():
                found[name] = left(training.train(network, stage, keep=Path(own)), network, Path(own))
        everyone(None)
    return found


def experts() -> MixtralForCausalLM:
    """A tiny model of which a token goes through two of eight experts."""
    torch.manual_seed(3)
    tokenizer = build_model(TINY)[1]
    shape = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_local_experts": 8}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": 64}
    ends = {"pad_token_id": tokenizer.pad_token_id, "bos_token_id": None, "eos_token_id": tokenizer.eos_token_id}
    return MixtralForCausalLM(MixtralConfig(vocab_size=len(tokenizer), **shape, **heads, **ends))


def parts_left(training: Any) -> dict[str, Any]:
    """The same of stages whose processes share out the model; in one process, as it is. Of the first process."""
    with tempfile.TemporaryDirectory() as own:
        base, tokenizer = build_model(TINY)
        save_checkpoint(base, tokenizer, Path(own, "base"))
        folder = Path(from_first(lambda: own))
        adapted = PretrainedModel(type="pretrained", id=str(folder / "base"), lora=Lora(rank=2))
        found: dict[str, Any] = {}
        for name, stage in SHARED.items():
            network = load_checkpoint(TINY, folder / "base")[0]
            if name in ("experts", "grpo lora"):
                network = experts() if name == "experts" else build_model(adapted)[0]
            with drawn_by_row():
                found[name] = part_left(training, network, stage, folder / name)
        # At last what was kept is its parent, whose moments it goes on with.
        network = load_checkpoint(TINY, folder / "base")[0]
        found["carried"] = part_left(training, network, SHARED["sft"], folder / "carried", carried=folder / "sft")
        found |= resumed(training, folder)
        everyone(None)
    return found


def resumed(training: Any, folder: Path) -> dict[str, Any]:
    """A stage that is measured on its way, and the same from its last save on: by all processes together."""
    found = {}
    halfway = folder / "halfway"

    def keep(saved: Path) -> None:
        if own_rank() == 0:
            shutil.copytree(saved, halfway)
        everyone(None)

    for name, saving in (("undisturbed", Saving(keep, 2)), ("gone on with", Saving(lambda _: None, None, halfway))):
        network = load_checkpoint(TINY, folder / "base")[0]
        found[name] = part_left(training, network, WATCHED, folder / name, saving=saving, examiner=Generated())
    return found


def part_left(training: Any, network: Any, stage: Training, folder: Path, **more: Any) -> dict[str, Any]:
    """What is left, with what a checkpoint then holds."""
    folder.mkdir(exist_ok=True)
    everyone(None)
    trained = training.train(network, stage, keep=folder, sharded=processes() > 1, **more)
    if own_rank() == 0:
        save_checkpoint(network, build_model(TINY)[1], folder, weights=trained.weights)
    everyone(None)
    (file,) = folder.glob("*model.safetensors")
    course = trained.guarded.course if trained.guarded else None
    return {
        "curve": trained.curve,
        "moved": trained.moved,
        "weights": load_file(file),
        "files": sorted(each.name for each in folder.iterdir()),
        "moments": load_file(folder / FILE),
        "course": course and course.model_dump(),
        "held": sum(own_part(weight).numel() for weight in network.parameters()),
    }


class Generated:
    """An examiner that has the model write, which one process does while the others wait."""

    sizes: ClassVar[dict[str, int]] = {"copy": 1, "other": 1}

    def __call__(self, network: Any) -> tuple[dict[str, PointScores], int]:
        ids = torch.tensor([[5, 6, 7]])
        said = network.generate(ids, max_new_tokens=4, do_sample=False, pad_token_id=0)
        nats = network(input_ids=said).logits.float().logsumexp(-1).mean().item()
        return {"copy": PointScores(scores=(nats,)), "other": PointScores(scores=(0.0,), nats=(0.0,))}, 4


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
