"""Optimizers are those of transformers' Trainer; decay, clipping and choice do what their names say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import Trainer, TrainingArguments

from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from domains.errors import StageError
from experiments.models.checkpoints import LanguageModel, build_model, save_checkpoint
from experiments.training.carry import restore_optimizer, save_optimizer
from experiments.training.optimizer import make_optimizer
from tests.experiments.training.test_training import equal, fresh, state, train
from tests.support.models import TINY

pytestmark = pytest.mark.slow

SFT = Training(method="sft", steps=4, prompts=8, learning_rate=1e-2)


def theirs(network: LanguageModel, folder: Path, **more: Any) -> torch.optim.Optimizer:
    args = TrainingArguments(output_dir=str(folder), use_cpu=True, report_to="none", learning_rate=1e-2, **more)
    return Trainer(model=network, args=args).create_optimizer()


@pytest.mark.parametrize("optim", ["adamw_torch_fused", "adamw_torch", "adafactor"])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_it_is_made_as_transformers_makes_it(tmp_path: Path, optim: str, decay: float) -> None:
    network = fresh()
    training = SFT.model_copy(update={"optim": optim, "weight_decay": decay, "trl": {"adam_beta2": 0.95}})
    ours = make_optimizer(network, training)
    wanted = theirs(network, tmp_path, optim=optim, weight_decay=decay, adam_beta2=0.95)
    assert type(ours) is type(wanted)
    names = {weight: name for name, weight in network.named_parameters()}

    def decays(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
        return {
            names[weight]: {key: value for key, value in group.items() if key != "params"}
            for group in optimizer.param_groups
            for weight in group["params"]
        }

    assert decays(ours) == decays(wanted)


def test_adapters_have_decay_too(tmp_path: Path) -> None:
    save_checkpoint(*build_model(TINY), tmp_path)
    network, _ = build_model(PretrainedModel(type="pretrained", id=str(tmp_path), lora=Lora(rank=2)))
    decayed, kept = make_optimizer(network, SFT.model_copy(update={"weight_decay": 0.1})).param_groups
    assert len(decayed["params"]) == sum(weight.requires_grad for weight in network.parameters())
    assert not kept["params"]


def test_the_default_is_what_it_was() -> None:
    """AdamW, fused, without decay: to the bit."""
    network, other = fresh(), fresh()
    ours = make_optimizer(network, SFT)
    plain = torch.optim.AdamW(list(other.parameters()), lr=1e-2, weight_decay=0.0, fused=True)
    for who, optimizer in ((network, ours), (other, plain)):
        torch.manual_seed(0)
        for _ in range(3):
            for weight in who.parameters():
                weight.grad = torch.randn_like(weight)
            optimizer.step()
    assert equal(state(network), state(other))


def test_each_setting_trains_otherwise() -> None:
    found = []
    for more in ({}, {"optim": "adafactor"}, {"weight_decay": 0.5}, {"max_grad_norm": 0.01}, {"warmup_ratio": 0.5}):
        network = fresh()
        train(network, SFT.model_copy(update=more))
        found.append(state(network))
    assert not any(equal(one, other) for at, one in enumerate(found) for other in found[:at])


def test_clipping_can_be_left_out() -> None:
    """AdamW is nearly blind to the scale of all steps alike, but not to the bit."""
    loose, none = fresh(), fresh()
    train(loose, SFT.model_copy(update={"max_grad_norm": 1e9}))
    train(none, SFT.model_copy(update={"max_grad_norm": 0.0}))
    assert equal(state(loose), state(none))


@pytest.mark.parametrize("optim", ["adamw_torch", "adafactor"])
def test_every_optimizer_s_moments_are_carried(tmp_path: Path, optim: str) -> None:
    network = fresh()
    training = SFT.model_copy(update={"optim": optim})
    optimizer = make_optimizer(network, training)
    for _ in range(2):
        for weight in network.parameters():
            weight.grad = torch.ones_like(weight)
        optimizer.step()
    save_optimizer(optimizer, network, tmp_path)
    other = make_optimizer(network, training)
    assert restore_optimizer(other, network, tmp_path)
    for weight in network.parameters():
        kept, found = optimizer.state[weight], other.state[weight]
        assert {name for name, value in kept.items() if value is not None} == found.keys()
        for name, value in found.items():
            assert type(value) is type(kept[name])
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(kept[name])), name


def test_another_optimizer_s_moments_are_refused(tmp_path: Path) -> None:
    network = fresh()
    train(network, SFT.model_copy(update={"steps": 1}), keep=tmp_path)
    other = make_optimizer(network, SFT.model_copy(update={"optim": "adafactor"}))
    with pytest.raises(StageError, match="are those of AdamW, and this stage's optimizer is Adafactor"):
        restore_optimizer(other, network, tmp_path)
