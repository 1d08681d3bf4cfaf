"""Folders and repositories that are no model, each as people make them: one line that says what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from curricula.schema import Lora, PretrainedModel, ScratchModel
from domains.errors import ModelError
from experiments.models.checkpoints import build_model, check_model, lengths_of, save_checkpoint
from experiments.models.sources.cached import Reach
from experiments.models.sources.contents import check_names
from experiments.models.sources.place import locate

SMALL = ScratchModel(type="scratch", hidden_size=16, layers=1, heads=2, context=96)
WHOLE = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model on disk."""
    place = tmp_path_factory.mktemp("whole") / "model"
    save_checkpoint(*build_model(SMALL), place)
    return place


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    return shutil.copytree(whole, tmp_path / "mine")


def refusal(folder: Path, lora: Lora | None = None) -> str:
    model = PretrainedModel(type="pretrained", id=str(folder), lora=lora)
    with pytest.raises(ModelError) as caught:
        lengths_of(model, check_model(model))
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(folder), "mine")


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")


def gguf(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "model-Q4_1.gguf").write_bytes(b"GGUF")


def pointer(folder: Path) -> None:
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "utf-8")


def cut(folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def sharded(folder: Path) -> None:
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors").rename(folder / shards["a"])
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}), "utf-8")


def without(*names: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return spoil


def adapter(folder: Path) -> None:
    shutil.rmtree(folder)
    base = PretrainedModel(type="pretrained", id=str(folder.with_name("base")), lora=Lora(rank=2))
    save_checkpoint(*build_model(SMALL), folder.with_name("base"))
    save_checkpoint(*build_model(base), folder)


def beside(folder: Path) -> None:
    """transformers would load the adapter's own base in place of this model, in silence."""
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/base"}', "utf-8")


def garbled(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0", "model": {"type": "none"}}', "utf-8")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (pickled, ("must hold safetensors, and there is only pytorch_model.bin, got ", "save_pretrained(NEW)")),
        (
            gguf,
            ("must hold a model's config.json and safetensors", "This is GGUF.", "stagewise convert"),
        ),
        (pointer, ("holds in model.safetensors only Git LFS's note of where it is", "Run: git lfs pull.")),
        (cut, ("has a damaged file model.safetensors", "Copy it again.")),
        (sharded, ("lacks 1 of its weights' files, the first model-00002-of-00002.safetensors",)),
        (without("model.safetensors"), ("must hold a model's weights, and there is no *.safetensors",)),
        (without("config.json"), ("a folder must hold a model's config.json and safetensors",)),
        (without("tokenizer.json"), ("must hold the model's tokenizer, and there is none", "AutoTokenizer")),
        (adapter, ("must be a whole model, and this is a LoRA adapter", "belongs to ", "merge_and_unload()")),
        (beside, ("this is a LoRA adapter", "It belongs to someone/base.")),
        (garbled, ("cannot be loaded",)),
    ],
)
def test_what_is_no_whole_model_is_told_by_its_files(folder: Path, spoil, said) -> None:
    spoil(folder)
    line = refusal(folder)
    assert line.startswith("model.id: ")
    assert all(part in line for part in said), line


def test_a_file_of_gguf_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelError, match="This is GGUF"):
        locate(PretrainedModel(type="pretrained", id="m.gguf"), tmp_path)


def test_a_whole_model_passes_whatever_stands_beside_it(folder: Path) -> None:
    check_names(WHOLE, "x")
    for other in ("pytorch_model.bin", "model.gguf", "training_args.bin", "README.md"):
        check_names({*WHOLE, other}, "x")
    check_names({*WHOLE} - {"tokenizer.json"} | {"tokenizer.model"}, "x")
    (folder / "training_args.bin").touch()
    check_model(PretrainedModel(type="pretrained", id=str(folder)))


def test_a_repository_of_the_hub_is_told_by_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"adapter_config.json", "adapter_model.safetensors"}
    monkeypatch.setattr("experiments.models.checkpoints.reach", lambda *_: Reach(local=False))
    monkeypatch.setattr("experiments.models.checkpoints.hub_names", lambda *_: found)
    with pytest.raises(ModelError, match="this is a LoRA adapter"):
        check_model(PretrainedModel(type="pretrained", id="someone/adapter"))


@pytest.mark.parametrize("targets", [("nope",), ("q_proj", "nope"), ("q_proj", "proj"), ("mlp",)])
def test_targets_that_the_model_lacks_are_refused_with_what_it_has(folder: Path, targets: tuple[str, ...]) -> None:
    """Of two, PEFT passes over the one that is not there in silence."""
    line = refusal(folder, Lora(targets=targets))
    assert line == (
        f"model.lora.targets: must name modules of the model, got {targets[-1]!r}. It has down_proj, embed_tokens, "
        "gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj; all-linear takes those that are linear."
    )


@pytest.mark.parametrize(
    "targets", [("q_proj", "v_proj"), ("layers.0.self_attn.q_proj",), ("embed_tokens",), "all-linear"]
)
def test_targets_that_the_model_has_pass(folder: Path, targets: tuple[str, ...]) -> None:
    check_model(PretrainedModel(type="pretrained", id=str(folder), lora=Lora(targets=targets)))
