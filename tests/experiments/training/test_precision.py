"""Autocast while a stage trains: scores within noise of float32's, and nothing of it left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from domains.errors import StageError
from experiments.models.checkpoints import LanguageModel, build_model, save_checkpoint
from experiments.models.subjects.local import LocalModel
from experiments.training.precision import multiplied_in
from tests.experiments.training.test_training import POOLS, equal, fresh, state, train
from tests.support.models import TINY

pytestmark = pytest.mark.slow

SFT = Training(method="sft", steps=24, prompts=8, learning_rate=1e-2)
GRPO = Training(method="grpo", steps=3, prompts=4, rollouts=4, learning_rate=3e-3)


def score(network: LanguageModel) -> float:
    """Mean −ln p of a reference answer, nats a token."""
    subject, items = LocalModel(network.eval(), build_model(TINY)[1], 8), POOLS["copy"]
    readings = subject.read(items, [subject.answer(one) for one in items])
    return sum(one.nll for one in readings) / sum(one.tokens for one in readings)


def test_scores_are_within_noise_of_float32_s() -> None:
    """Noise: how far apart other orders of the same items end, in float32."""
    found: dict[str, list[float]] = {"float32": [], "bf16": []}
    for precision, scores in found.items():
        for seed in range(4):
            network = fresh()
            drawn = {"copy": POOLS["copy"][seed * 7 :] + POOLS["copy"][: seed * 7]}
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(POOLS, "copy", drawn["copy"])
                train(network, SFT.model_copy(update={"precision": precision}))
            scores.append(score(network))
    plain, low = torch.tensor(found["float32"]), torch.tensor(found["bf16"])
    untrained = score(fresh())
    assert float(plain.mean()) < untrained - 1
    assert not torch.equal(plain, low)
    assert abs(float(plain.mean() - low.mean())) < 2 * float(plain.std())


@pytest.mark.parametrize("training", [SFT.model_copy(update={"steps": 2}), GRPO], ids=["sft", "grpo"])
@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["whole", "lora"])
def test_the_model_that_is_measured_multiplies_in_float32(
    tmp_path: Path, training: Training, lora: Lora | None
) -> None:
    """As it would when loaded from what is kept: the trainer's wrapping is gone."""
    save_checkpoint(*build_model(TINY), tmp_path / "base")
    model = PretrainedModel(type="pretrained", id=str(tmp_path / "base"), lora=lora)
    network, _ = build_model(model)
    train(network, training.model_copy(update={"precision": "bf16"}))
    loaded, _ = build_model(model)
    loaded.load_state_dict(network.state_dict())
    ids = torch.arange(3, 30).unsqueeze(0)
    with torch.inference_mode():
        ours, theirs = network.eval()(input_ids=ids).logits, loaded.eval()(input_ids=ids).logits
    assert ours.dtype == torch.float32
    assert torch.equal(ours, theirs)
    assert all(weight.dtype == torch.float32 for weight in network.parameters())


@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["whole", "lora"])
def test_rollouts_are_drawn_in_it_too(tmp_path: Path, lora: Lora | None) -> None:
    save_checkpoint(*build_model(TINY), tmp_path / "base")
    network, _ = build_model(PretrainedModel(type="pretrained", id=str(tmp_path / "base"), lora=lora))
    inner = network.get_base_model() if lora else network
    types: dict[bool, set[torch.dtype]] = {True: set(), False: set()}

    def noted(module: torch.nn.Module, given: object, output: torch.Tensor) -> None:
        types[torch.is_grad_enabled()].add(output.dtype)

    handle = inner.model.layers[0].mlp.register_forward_hook(noted)
    train(network, GRPO.model_copy(update={"precision": "bf16", "steps": 2}))
    handle.remove()
    assert types == {True: {torch.bfloat16}, False: {torch.bfloat16}}


def test_a_stage_in_float32_after_one_in_bf16_is_what_it_is_alone() -> None:
    alone, after = fresh(), fresh()
    short = SFT.model_copy(update={"steps": 3})
    train(alone, short)
    train(fresh(), short.model_copy(update={"precision": "bf16"}))
    train(after, short)
    assert equal(state(alone), state(after))


def test_tf32_needs_a_gpu_and_is_off_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.backends.fp32_precision
    if not torch.cuda.is_available():
        with pytest.raises(StageError, match="Ampere"), multiplied_in("tf32", fresh()):
            pass
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (8, 0))
    with multiplied_in("tf32", fresh()):
        assert torch.backends.fp32_precision == "tf32"
    assert torch.backends.fp32_precision == before


@pytest.mark.parametrize("training", [SFT.model_copy(update={"steps": 3}), GRPO], ids=["sft", "grpo"])
def test_checkpointing_changes_no_result(training: Training) -> None:
    plain, checkpointed = fresh(), fresh()
    train(plain, training)
    train(checkpointed, training.model_copy(update={"gradient_checkpointing": True}))
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(state(plain), state(checkpointed), strict=True))
