"""Other adapters than plain LoRA: trained, kept, loaded, held to, merged or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import LlamaForCausalLM

from curricula.merge import Merge
from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from domains.errors import ModelError
from experiments.models.checkpoints import build_model, check_model, load_checkpoint, save_checkpoint
from experiments.models.conversion.exporting import export_checkpoint
from experiments.models.conversion.merging import merge_checkpoints
from tests.experiments.training.test_training import equal, state, train
from tests.support.models import TINY

pytestmark = pytest.mark.slow

SFT = Training(method="sft", steps=3, prompts=8, learning_rate=1e-2)
GRPO = Training(method="grpo", steps=2, prompts=4, rollouts=4, learning_rate=1e-2, kl=0.1)
KINDS = [Lora(rank=2, rslora=True), Lora(rank=2, dora=True), Lora(rank=2, modules_to_save=("lm_head", "norm"))]
NAMES = ["rslora", "dora", "whole"]
IDS = torch.arange(3, 30).unsqueeze(0)


@pytest.fixture(scope="module")
def untied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose head is a weight of its own."""
    folder = tmp_path_factory.mktemp("untied")
    tied, tokenizer = build_model(TINY)
    config = tied.config
    config.tie_word_embeddings = False
    torch.manual_seed(0)
    save_checkpoint(LlamaForCausalLM(config), tokenizer, folder)
    return folder


def model(folder: Path, lora: Lora) -> PretrainedModel:
    return PretrainedModel(type="pretrained", id=str(folder), lora=lora)


def logits(network: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = network.eval()(input_ids=IDS).logits
    return found


@pytest.mark.parametrize("training", [SFT, GRPO], ids=["sft", "grpo"])
@pytest.mark.parametrize("lora", KINDS, ids=NAMES)
def test_what_is_trained_is_what_is_kept_and_exported(
    untied: Path, tmp_path: Path, lora: Lora, training: Training
) -> None:
    spec = model(untied, lora)
    check_model(spec)
    network, tokenizer = build_model(spec)
    before, start = state(network), logits(network)
    train(network, training)
    moved = {
        name
        for (name, weight), old in zip(network.named_parameters(), before, strict=False)
        if weight.requires_grad and not torch.equal(weight, old)
    }
    assert any("lora_B" in name for name in moved)
    assert lora.dora == any("magnitude" in name for name in moved)
    if lora.modules_to_save and training is SFT:
        assert any("lm_head.modules_to_save" in name for name in moved)
    trained = logits(network)
    assert not torch.equal(trained, start)
    save_checkpoint(network, tokenizer, tmp_path / "kept")
    loaded, _ = load_checkpoint(spec, tmp_path / "kept")
    assert torch.equal(logits(loaded), trained)
    assert len(state(loaded)) == len(before)
    export_checkpoint(spec, tmp_path / "kept", tmp_path / "whole", None, merge=True)
    whole = LlamaForCausalLM.from_pretrained(tmp_path / "whole")
    assert torch.allclose(logits(whole), trained, atol=1e-5)


def test_the_scale_of_rslora_is_by_the_root(untied: Path) -> None:
    layers = [build_model(model(untied, Lora(rank=4, alpha=8, rslora=on)))[0].modules() for on in (False, True)]
    plain, rooted = ({m.scaling["default"] for m in found if hasattr(m, "get_delta_weight")} for found in layers)
    assert (plain, rooted) == ({2.0}, {4.0})


def test_merged_adapters_of_rslora_are_the_mean_of_what_they_add(untied: Path, tmp_path: Path) -> None:
    """PEFT gives the merged one alpha = rank, and rslora would multiply it by √rank once more."""
    spec = model(untied, Lora(rank=2, alpha=3, rslora=True))
    base, tokenizer = build_model(spec)
    save_checkpoint(base, tokenizer, tmp_path / "base")
    added = []
    for name in ("one", "two"):
        network, _ = load_checkpoint(spec, tmp_path / "base")
        with torch.no_grad():
            for weight in network.parameters():
                weight.add_(0.1 * torch.randn_like(weight)) if weight.requires_grad else None
        save_checkpoint(network, tokenizer, tmp_path / name)
        added.append(_added(network))
    merge = Merge(method="linear", weights=(0.5, 0.5))
    merged, _ = merge_checkpoints(spec, tmp_path / "base", [tmp_path / "one", tmp_path / "two"], merge)
    found = _added(merged)
    assert found
    for name, weight in found.items():
        assert torch.allclose(weight, (added[0][name] + added[1][name]) / 2, atol=1e-6), name
    save_checkpoint(merged, tokenizer, tmp_path / "merged")
    assert torch.allclose(logits(load_checkpoint(spec, tmp_path / "merged")[0]), logits(merged), atol=1e-6)


def _added(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Module → what its adapter adds to its weight."""
    return {
        name: module.get_delta_weight("default").detach()
        for name, module in network.named_modules()
        if hasattr(module, "get_delta_weight")
    }


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("nope",), "model.lora.modules_to_save: must name modules of the model, got 'nope'. It has down_proj, "),
        (
            ("lm_head",),
            "model.lora.modules_to_save: embeddings and head are one weight in this model, and only one of them would "
            "be trained, got 'lm_head'.",
        ),
        (("norm", "model.embed_tokens"), "model.lora.modules_to_save: embeddings and head are one weight"),
    ],
)
def test_modules_that_cannot_be_trained_whole_are_refused(tmp_path: Path, names: tuple[str, ...], line: str) -> None:
    save_checkpoint(*build_model(TINY), tmp_path)
    with pytest.raises(ModelError) as caught:
        check_model(model(tmp_path, Lora(modules_to_save=names)))
    assert str(caught.value).startswith(line)


def test_identity_of_plain_adapters_is_what_it_was() -> None:
    assert Lora().model_dump(mode="json") == {"rank": 8, "alpha": 16.0, "dropout": 0.0, "targets": "all-linear"}


def test_training_twice_gives_the_same_bits(untied: Path) -> None:
    found = []
    for _ in range(2):
        network, _ = build_model(model(untied, KINDS[1]))
        train(network, SFT)
        found.append(state(network))
    assert equal(*found)
