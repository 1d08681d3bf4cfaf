"""Adapters on weights in four bits: refused where they cannot be had; where bitsandbytes is installed, as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import LlamaForCausalLM

from curricula.checks import check
from curricula.loader import load_curriculum
from curricula.schema import Adapter, Curriculum, Lora, PretrainedModel
from curricula.stage import Training
from domains.errors import CurriculumError
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.conversion.exporting import export_checkpoint
from experiments.run.packages import check_packages
from tests.experiments.training.test_training import equal, train
from tests.support.commands import TINY as FILE
from tests.support.commands import variant, within
from tests.support.models import TINY

IDS = torch.arange(3, 30).unsqueeze(0)
SFT = Training(method="sft", steps=3, prompts=8, learning_rate=1e-2)
GRPO = Training(method="grpo", steps=2, prompts=4, rollouts=4, learning_rate=1e-2, kl=0.1)


def curriculum(**model: object) -> Curriculum:
    spec = PretrainedModel(type="pretrained", id="some/model", dtype="nf4", **model)  # type: ignore[arg-type]
    return load_curriculum(FILE).model_copy(update={"model": spec})


def test_it_needs_adapters_and_none_to_start_from() -> None:
    assert not check(curriculum(lora=Lora()))
    (alone,) = check(curriculum())
    assert (alone.keys, alone.rule) == (("model", "dtype"), "needs `lora`: weights in four bits are not trained")
    (both,) = check(curriculum(lora=Lora(), adapter=Adapter(id="some/adapter")))
    assert both.rule == "cannot hold `adapter`, which would be rounded to four bits"


def test_without_its_package_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    with pytest.raises(CurriculumError) as caught:
        check_packages(curriculum(lora=Lora()))
    assert str(caught.value) == (
        "model.dtype: needs the package bitsandbytes, which is not installed, got 'nf4'. "
        "Install it here and on every worker: pip install 'stagewise[nf4]'."
    )


def test_validate_says_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the model is looked for."""
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    written = "model: {type: pretrained, id: no/model, lora: {rank: 2}, dtype: nf4}\n#"
    ended = within("validate", variant(tmp_path, ("model: {type: scratch", written + "model: {type: scratch")))
    assert ended.returncode == 2
    assert "tiny.yaml:3: model.dtype: needs the package bitsandbytes" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("training", [SFT, GRPO], ids=["sft", "grpo"])
def test_as_it_is(tmp_path: Path, training: Training) -> None:
    bitsandbytes = pytest.importorskip("bitsandbytes")
    # Rows of whole blocks of 64 weights, which share a scale.
    save_checkpoint(*build_model(TINY.model_copy(update={"hidden_size": 64})), tmp_path / "whole")
    spec = PretrainedModel(type="pretrained", id=str(tmp_path / "whole"), lora=Lora(rank=2), dtype="nf4")
    network, tokenizer = build_model(spec)
    assert any(isinstance(module, bitsandbytes.nn.Linear4bit) for module in network.modules())
    before = trained(network)
    save_checkpoint(network, tokenizer, tmp_path / "base")
    train(network, training)
    assert {weight.dtype for weight in trained(network)} == {torch.float32}
    assert not equal(trained(network), before)
    # What TRL would round them to.
    assert any(not torch.equal(weight, weight.bfloat16().float()) for weight in trained(network))
    save_checkpoint(network, tokenizer, tmp_path / "kept")
    loaded, _ = load_checkpoint(spec, tmp_path / "kept")
    assert equal(trained(loaded), trained(network))
    assert torch.allclose(logits(loaded), logits(network), atol=1e-2)
    # The base beneath is the one that was kept, and the adapters are on again.
    after = logits(network)
    with network.disable_adapter():
        beneath = logits(network)
    assert torch.equal(beneath, logits(load_checkpoint(spec, tmp_path / "base")[0]))
    assert torch.equal(logits(network), after)
    assert not torch.equal(beneath, after)
    export_checkpoint(spec, tmp_path / "kept", tmp_path / "out", None, merge=True)
    # The weights were rounded in training alone.
    assert torch.allclose(logits(LlamaForCausalLM.from_pretrained(tmp_path / "out")).float(), logits(network), atol=0.2)


def trained(network: torch.nn.Module) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in network.parameters() if weight.requires_grad]


def logits(network: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = network.eval()(input_ids=IDS).logits.float()
    return found
