"""A stage that was interrupted goes on from its last save to the same bits."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from curricula.guards import EntropyFloor, Guards
from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from experiments.models.checkpoints import LanguageModel, build_model, load_checkpoint, save_checkpoint
from experiments.nodes.record import log_every
from experiments.training.saving import FILE, Saving
from experiments.training.stage import Trained
from experiments.training.watch import Watch
from tests.experiments.training.test_training import equal, fresh, state, train
from tests.support.models import TINY

pytestmark = pytest.mark.slow

SFT = Training(method="sft", steps=6, prompts=4, learning_rate=1e-2, warmup_steps=2, checkpoint_every=2)
GRPO = Training(steps=6, prompts=3, rollouts=2, learning_rate=1e-2, lr_schedule="cosine", checkpoint_every=2)


class Killed(BaseException):
    """What no trainer catches."""


class Place:
    """Keeps the last of what is saved."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.saves = folder, 0

    @property
    def found(self) -> Path | None:
        return self.folder if self.folder.is_dir() else None

    def keep(self, folder: Path) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(folder, self.folder)
        self.saves += 1


def kill_after(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process "dies" at the end of one of the trainer's steps."""
    real = Watch.on_step_end

    def on_step_end(self: Watch, args: Any, state: Any, control: Any, **more: Any) -> None:
        real(self, args, state, control, **more)
        if state.global_step == step:
            raise Killed

    monkeypatch.setattr(Watch, "on_step_end", on_step_end)


def interrupted(
    make: Any, training: Training, step: int, place: Place, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> tuple[LanguageModel, Trained]:
    """What a stage ends in that was killed after a step and begun again from what was saved."""
    saving = Saving(place.keep, training.checkpoint_every)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_after(step, patch)
        train(make(), training, saving=saving, **more)
    torch.rand(7)
    network = make()
    trained = train(network, training, saving=Saving(place.keep, training.checkpoint_every, place.found), **more)
    return network, trained


def seen(trained: Trained) -> tuple[Any, ...]:
    """What a record holds of it, but for seconds."""
    cost = trained.cost.model_dump(exclude={"train_seconds", "step_seconds"})
    return trained.curve, trained.health, trained.moved, trained.stopped, trained.guarded, cost


CASES: dict[str, Training] = {
    "sft": SFT,
    "sft-tokens-in-parts": SFT.model_copy(update={"loss": "token", "micro_batch": 2, "checkpoint_every": 3}),
    "sft-adafactor": SFT.model_copy(update={"optim": "adafactor", "weight_decay": 0.01}),
    "grpo": GRPO,
    "grpo-guarded": GRPO.model_copy(
        update={"guards": Guards(entropy=EntropyFloor(share=0.9999), over=1, fall=1.0), "steps": 8}
    ),
    "grpo-reused": GRPO.model_copy(update={"micro_batch": 3, "trl": {"num_iterations": 2, "top_p": 0.9}}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_goes_on_to_the_same_bits_wherever_it_was_killed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = CASES[name]
    whole = fresh()
    undisturbed = train(whole, training)
    assert undisturbed.guarded is None or undisturbed.guarded.limits[0].struck is not None
    # Before the first save, at one, between two; where other settings decide what a save must hold, once, after one.
    for step in (1, 2, 5) if training in (SFT, GRPO) else (5,):
        place = Place(tmp_path / f"saved after {step}")
        network, trained = interrupted(fresh, training, step, place, monkeypatch)
        assert equal(state(whole), state(network)), step
        assert seen(trained) == seen(undisturbed), step


def test_a_window_of_the_log_that_was_open_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More steps than points of a curve: a save in the middle of what becomes one point."""
    long = GRPO.model_copy(update={"prompts": 1, "steps": 51, "checkpoint_every": 25})
    assert log_every(long.steps) == 2
    whole = fresh()
    undisturbed = train(whole, long)
    place = Place(tmp_path / "saved")
    network, trained = interrupted(fresh, long, 30, place, monkeypatch)
    assert place.saves == 2
    assert len(trained.curve) < 30
    assert seen(trained) == seen(undisturbed)
    assert equal(state(whole), state(network))


def adapted(folder: Path, **lora: Any) -> Any:
    """A way to make the same model with adapters, as a stage gets it, again and again."""
    save_checkpoint(*build_model(TINY), folder / "base")
    model = PretrainedModel(type="pretrained", id=str(folder / "base"), lora=Lora(rank=2, **lora))
    save_checkpoint(*build_model(model), folder / "start")
    return lambda: load_checkpoint(model, folder / "start")[0]


@pytest.mark.parametrize(
    ("training", "lora"),
    [(SFT, {"dora": True}), (GRPO.model_copy(update={"kl": 0.1}), {"dropout": 0.2})],
    ids=["sft-dora", "grpo-dropout"],
)
def test_adapters_go_on_too(
    training: Training, lora: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = adapted(tmp_path, **lora)
    whole = make()
    undisturbed = train(whole, training)
    place = Place(tmp_path / "saved")
    network, trained = interrupted(make, training, 3, place, monkeypatch)
    assert equal(state(whole), state(network))
    assert seen(trained) == seen(undisturbed)
    assert undisturbed.moved


@pytest.mark.parametrize("base", [False, True], ids=["stage", "base"])
def test_what_the_penalty_holds_to_and_moments_from_before_stay(
    base: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = fresh()
    train(network, SFT.model_copy(update={"optimizer": "carry", "checkpoint_every": None}), keep=tmp_path)
    save_checkpoint(network, build_model(TINY)[1], tmp_path)

    def make() -> LanguageModel:
        return load_checkpoint(TINY, tmp_path)[0]

    training = GRPO.model_copy(update={"kl": 0.3, "optimizer": "carry", "precision": "bf16"})
    more = {"carried": tmp_path, "reference": fresh() if base else None}
    ends = [tmp_path / "one", tmp_path / "other"]
    for folder in ends:
        folder.mkdir()
    whole = make()
    undisturbed = train(whole, training, keep=ends[0], **more)
    place = Place(tmp_path / "saved")
    network, trained = interrupted(make, training, 5, place, monkeypatch, keep=ends[1], **more)
    assert equal(state(whole), state(network))
    assert seen(trained) == seen(undisturbed)
    assert ends[0].joinpath("optimizer.safetensors").read_bytes() == (
        ends[1].joinpath("optimizer.safetensors").read_bytes()
    )


def test_what_is_saved_holds_no_pickle_of_settings_and_none_after_the_last_step(tmp_path: Path) -> None:
    place = Place(tmp_path / "saved")
    train(fresh(), SFT, saving=Saving(place.keep, 2))
    assert place.saves == 2
    names = {file.name for file in (tmp_path / "saved").iterdir()}
    assert {FILE, "model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"} <= names
    assert "training_args.bin" not in names


def test_seconds_before_an_interruption_count_and_those_between_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 100.0}
    monkeypatch.setattr("experiments.training.watch.time.monotonic", lambda: clock["now"])
    watch = Watch(lambda *_: None)
    clock["now"] = 107.0
    held = watch.state()
    clock["now"] = 1000.0
    again = Watch(lambda *_: None)
    again.restore(held)
    assert again.before == 7.0
    assert again.state()["seconds"] == 7.0


@pytest.mark.parametrize("step", [3, 5])
def test_a_guard_s_open_window_and_the_rate_s_fall_go_on(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It strikes at step 3 of 8, by its mean over three; the rate falls over three more. Saves are at 2 and 4."""
    guards = Guards(entropy=EntropyFloor(floor=100.0), over=3, fall=0.9)
    training = GRPO.model_copy(update={"steps": 8, "guards": guards})
    whole = fresh()
    undisturbed = train(whole, training)
    network, trained = interrupted(fresh, training, step, Place(tmp_path / "saved"), monkeypatch)
    assert equal(state(whole), state(network))
    assert seen(trained) == seen(undisturbed)
    assert undisturbed.guarded is not None
    assert (undisturbed.guarded.limits[0].struck, undisturbed.guarded.done) == (3, 6)
