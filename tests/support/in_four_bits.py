"""Adapters on weights in four bits, trained, kept, loaded and exported by bitsandbytes."""

from __future__ import annotations

from pathlib import Path

import bitsandbytes
import torch
from transformers import LlamaForCausalLM

from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.conversion.exporting import export_checkpoint
from tests.experiments.training.test_training import equal, train
from tests.support.models import TINY

IDS = torch.arange(3, 30).unsqueeze(0)
SFT = Training(method="sft", steps=3, prompts=8, learning_rate=1e-2)
GRPO = Training(method="grpo", steps=2, prompts=4, rollouts=4, learning_rate=1e-2, kl=0.1)


def as_it_is(folder: Path, training: Training) -> None:
    """AssertionError where something is not."""
    # Rows of whole blocks of 64 weights, which share a scale.
    save_checkpoint(*build_model(TINY.model_copy(update={"hidden_size": 64})), folder / "whole")
    spec = PretrainedModel(type="pretrained", id=str(folder / "whole"), lora=Lora(rank=2), dtype="nf4")
    network, tokenizer = build_model(spec)
    assert any(isinstance(module, bitsandbytes.nn.Linear4bit) for module in network.modules())
    before = trained(network)
    save_checkpoint(network, tokenizer, folder / "base")
    train(network, training)
    assert {weight.dtype for weight in trained(network)} == {torch.float32}
    assert not equal(trained(network), before)
    # What TRL would round them to.
    assert any(not torch.equal(weight, weight.bfloat16().float()) for weight in trained(network))
    save_checkpoint(network, tokenizer, folder / "kept")
    loaded, _ = load_checkpoint(spec, folder / "kept")
    assert equal(trained(loaded), trained(network))
    assert torch.allclose(logits(loaded), logits(network), atol=1e-2)
    # The base beneath is the one that was kept, and the adapters are on again.
    after = logits(network)
    with network.disable_adapter():
        beneath = logits(network)
    assert torch.equal(beneath, logits(load_checkpoint(spec, folder / "base")[0]))
    assert torch.equal(logits(network), after)
    assert not torch.equal(beneath, after)
    export_checkpoint(spec, folder / "kept", folder / "out", None, merge=True)
    # The weights were rounded in training alone.
    assert torch.allclose(logits(LlamaForCausalLM.from_pretrained(folder / "out")).float(), logits(network), atol=0.2)


def trained(network: torch.nn.Module) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in network.parameters() if weight.requires_grad]


def logits(network: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = network.eval()(input_ids=IDS).logits.float()
    return found


def all_as_it_is(folder: str) -> None:
    """By SFT and by GRPO."""
    for method in (SFT, GRPO):
        place = Path(folder, method.method)
        place.mkdir()
        as_it_is(place, method)
