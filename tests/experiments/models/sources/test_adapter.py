"""A run that starts from an adapter: what it starts from, what names it, and what is refused in one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, LlamaForCausalLM

from curricula.schema import Adapter, Lora, PretrainedModel
from curricula.stage import Training
from domains.errors import ModelError, UserError
from experiments.models.checkpoints import build_model, check_model, load_checkpoint, save_checkpoint
from experiments.models.conversion.exporting import export_checkpoint
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.sources.adapter import known_adapter
from experiments.models.sources.contents import ADAPTER, ADAPTER_WEIGHTS, folder_hash
from experiments.nodes.setup import Setup
from tests.experiments.training.test_training import train
from tests.support.commands import variant, within
from tests.support.models import EVALUATION, TINY, seeded

pytestmark = pytest.mark.slow

IDS = torch.arange(3, 30).unsqueeze(0)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model, `whole`, and an adapter of it, `adapter`, that says something."""
    folder = tmp_path_factory.mktemp("places")
    save_checkpoint(*build_model(TINY), folder / "whole")
    adapter(folder / "whole", folder / "adapter")
    return folder


def adapter(whole: Path, folder: Path, seed: int = 1) -> None:
    """As somebody else's tool leaves one: all factors at random, rank and scale other than ours."""
    config = LoraConfig(r=3, lora_alpha=5, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM")
    with upstream_warnings_ignored():
        network = get_peft_model(AutoModelForCausalLM.from_pretrained(whole), config)
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(std=0.3) if weight.requires_grad else None
    network.save_pretrained(folder)


def known(places: Path, name: str = "adapter", lora: Lora | None = None, **more: str) -> PretrainedModel:
    """The model with an adapter, checked as a curriculum's is."""
    whole = str(places / "whole")
    spec = PretrainedModel(type="pretrained", id=whole, lora=lora, adapter=Adapter(id=name, **more))
    return known_adapter(spec, whole, places, check_model(spec))


def logits(network: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = network.eval()(input_ids=IDS).logits
    return found


def peft_s(places: Path) -> torch.Tensor:
    """What the two say together, by PEFT."""
    whole = AutoModelForCausalLM.from_pretrained(places / "whole")
    plain = logits(whole)
    with upstream_warnings_ignored():
        found = logits(PeftModel.from_pretrained(whole, places / "adapter"))
    assert (found - plain).abs().max() > 0.01
    return found


@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["whole", "lora"])
def test_the_base_model_is_both_together(places: Path, tmp_path: Path, lora: Lora | None) -> None:
    spec = known(places, lora=lora)
    network, tokenizer = build_model(spec)
    assert torch.allclose(logits(network), peft_s(places), atol=1e-5)
    save_checkpoint(network, tokenizer, tmp_path / "base", None if lora else spec)
    assert torch.equal(logits(load_checkpoint(spec, tmp_path / "base")[0]), logits(network))


@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["whole", "lora"])
def test_what_is_trained_from_it_is_kept_and_exported(places: Path, tmp_path: Path, lora: Lora | None) -> None:
    spec = known(places, lora=lora)
    network, tokenizer = build_model(spec)
    train(network, Training(method="sft", steps=3, prompts=8, learning_rate=1e-2))
    save_checkpoint(network, tokenizer, tmp_path / "kept")
    trained = logits(network)
    assert torch.equal(logits(load_checkpoint(spec, tmp_path / "kept")[0]), trained)
    export_checkpoint(spec, tmp_path / "kept", tmp_path / "out", None, merge=lora is not None)
    assert torch.allclose(logits(LlamaForCausalLM.from_pretrained(tmp_path / "out")), trained, atol=1e-5)


def test_the_trained_adapter_alone_is_not_taken_for_one_of_the_model(places: Path, tmp_path: Path) -> None:
    spec = known(places, lora=Lora(rank=2))
    save_checkpoint(*build_model(spec), tmp_path / "kept")
    named = json.loads((tmp_path / "kept" / ADAPTER).read_text())["base_model_name_or_path"]
    assert named == f"{spec.id} with the adapter {places / 'adapter'}"
    with pytest.raises(UserError, match="--merge: is needed: the trained adapter belongs to"):
        export_checkpoint(spec, tmp_path / "kept", tmp_path / "out", None, merge=False)


def test_the_kl_penalty_holds_to_the_model_with_the_adapter(places: Path) -> None:
    """TRL would load the model that its config names, and hold to that."""
    network, _ = build_model(known(places))
    training = Training(method="grpo", steps=1, prompts=4, rollouts=4, learning_rate=1e-9, kl=1.0)
    trained = train(network, training)
    assert trained.health is not None
    assert trained.health.kl == pytest.approx(0.0, abs=1e-6)


def test_identity_is_by_content(places: Path, tmp_path: Path) -> None:
    shutil.copytree(places / "adapter", tmp_path / "moved")
    config = json.loads((tmp_path / "moved" / ADAPTER).read_text())
    (tmp_path / "moved" / ADAPTER).write_text(json.dumps(config | {"base_model_name_or_path": None}))
    adapter(places / "whole", tmp_path / "other", seed=2)
    plain = PretrainedModel(type="pretrained", id=str(places / "whole"))
    weights = check_model(plain)

    def base_id(model: PretrainedModel) -> str:
        return Setup(model=model, domains={}, evaluation=EVALUATION, weights=weights).base_id

    first = base_id(known(places))
    assert base_id(known(places, str(tmp_path / "moved"))) == first
    assert len({first, base_id(known(places, str(tmp_path / "other"))), base_id(plain)}) == 3
    assert "adapter" not in plain.model_dump()


COMMIT, LATER = "1" * 40, "2" * 40


@pytest.fixture
def hub(places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache with `someone/adapter` in it, at one commit, and nobody to ask."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--someone--adapter"
    shutil.copytree(places / "adapter", folder / "snapshots" / COMMIT)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(COMMIT)
    return folder


def test_an_adapter_of_the_hub_is_that_of_a_folder(places: Path, hub: Path) -> None:
    """Known by its commit from then on: what the hub serves under the name later is another one."""
    found = known(places, "someone/adapter")
    assert found.adapter is not None
    assert found.adapter.model_dump() == {
        "id": "someone/adapter",
        "revision": COMMIT,
        "weights": known(places).adapter.weights,  # type: ignore[union-attr]
    }
    adapter(places / "whole", hub / "snapshots" / LATER, seed=2)
    (hub / "refs" / "main").write_text(LATER)
    assert torch.allclose(logits(build_model(found)[0]), peft_s(places), atol=1e-5)
    assert known(places, "someone/adapter").adapter.weights != found.adapter.weights  # type: ignore[union-attr]
    assert known(places, "someone/adapter", revision=COMMIT) == found


def test_an_adapter_that_neither_hub_nor_cache_has_is_refused(places: Path, hub: Path) -> None:
    assert "must be a folder or a hub id of a LoRA adapter, got 'someone/else'" in refused(places, "someone/else")
    shutil.rmtree(hub / "snapshots" / COMMIT)
    assert "must be a folder or a hub id of a LoRA adapter" in refused(places, "someone/adapter")


def broken(places: Path, folder: Path, **config: object) -> str:
    """A copy of the adapter with other keys in its configuration."""
    shutil.copytree(places / "adapter", folder)
    file = folder / ADAPTER
    file.write_text(json.dumps(json.loads(file.read_text()) | config))
    return str(folder)


def refused(places: Path, name: str, **more: str) -> str:
    with pytest.raises(ModelError) as caught:
        known(places, name, **more)
    line = str(caught.value)
    assert line.startswith("model.adapter: ")
    assert "\n" not in line
    return line


def test_what_is_no_adapter_is_refused(places: Path, tmp_path: Path) -> None:
    assert f"must be a LoRA adapter, and there is no {ADAPTER}" in refused(places, "whole")
    assert f"there is no {tmp_path / 'nowhere'}" in refused(places, str(tmp_path / "nowhere"))
    lacking = broken(places, tmp_path / "lacking")
    (Path(lacking) / ADAPTER_WEIGHTS).unlink()
    assert f"must hold {ADAPTER_WEIGHTS}" in refused(places, lacking)
    other = broken(places, tmp_path / "ia3")
    IA3Config(target_modules=["q_proj"], feedforward_modules=[]).save_pretrained(other)
    assert "must be a LoRA adapter, and this is one of PEFT's type IA3" in refused(places, other)
    assert "the adapter has other weights than 00" in refused(places, "adapter", weights="00")


def test_an_adapter_of_another_model_is_refused_by_its_name(places: Path, tmp_path: Path) -> None:
    line = refused(places, broken(places, tmp_path / "named", base_model_name_or_path="someone/else"))
    assert f"must be an adapter of {places / 'whole'}, and it belongs to someone/else" in line
    assert f"write {places / 'whole'} into {ADAPTER}" in line


def test_an_adapter_that_names_an_equal_folder_is_taken(places: Path, tmp_path: Path) -> None:
    shutil.copytree(places / "whole", tmp_path / "same")
    assert folder_hash(tmp_path / "same") == folder_hash(places / "whole")
    name = broken(places, tmp_path / "adapter", base_model_name_or_path=str(tmp_path / "same"))
    assert known(places, name).adapter is not None


def test_an_adapter_that_does_not_fit_is_refused_by_its_shapes(places: Path, tmp_path: Path) -> None:
    """It names no model; PEFT would fail in a worker, or pass over what has no place."""
    wide = seeded(TINY, 0).model_copy(update={"hidden_size": 64})
    save_checkpoint(*build_model(wide), tmp_path / "wide")
    adapter(tmp_path / "wide", tmp_path / "misfit")
    config = json.loads((tmp_path / "misfit" / ADAPTER).read_text())
    (tmp_path / "misfit" / ADAPTER).write_text(json.dumps(config | {"base_model_name_or_path": None}))
    line = refused(places, str(tmp_path / "misfit"))
    assert "does not fit the model: of base_model.model.model.layers.0.mlp.down_proj.lora_A.weight" in line
    assert "the adapter has 3 × 192, the model takes 3 × 96" in line
    more = Path(broken(places, tmp_path / "more"))
    tensors = load_file(more / ADAPTER_WEIGHTS)
    save_file({**tensors, "elsewhere": torch.zeros(2)}, more / ADAPTER_WEIGHTS)
    assert "of elsewhere the adapter has 2, the model takes nothing" in refused(places, str(more))


def test_validate_says_it_with_the_line(places: Path) -> None:
    written = "model: {type: pretrained, id: whole, adapter: {id: whole}}\n#"
    file = variant(places, ("model: {type: scratch", written + "model: {type: scratch"))
    ended = within("validate", file)
    assert ended.returncode == 2
    assert f"{file.name}:3: model.adapter: must be a LoRA adapter, and there is no {ADAPTER}" in ended.stderr
    assert ended.stderr.count("\n") == 1
