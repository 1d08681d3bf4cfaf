"""Building, saving, loading and refusing models."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub
import pytest
import torch

from curricula.schema import Evaluation, Lora, PretrainedModel, ScratchModel
from domains.errors import ModelError
from experiments.models.checkpoints import (
    build_model,
    check_model,
    context_length,
    lengths_of,
    load_checkpoint,
    save_checkpoint,
)
from experiments.nodes.setup import Setup
from tests.support.chat import TEMPLATES, save_chat_model
from tests.support.models import TINY, seeded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pretrained model on disk."""
    place = tmp_path_factory.mktemp("pretrained")
    save_checkpoint(*build_model(seeded(TINY, 7)), place)
    return place


def weights(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in network.named_parameters()}


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    mine, theirs = weights(one), weights(other)
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_the_default_has_about_the_promised_size() -> None:
    network, _ = build_model(ScratchModel(type="scratch"))
    assert 300_000 < sum(weight.numel() for weight in network.parameters()) < 500_000
    assert context_length(network) == 256


def test_the_seed_decides_the_weights() -> None:
    first = build_model(seeded(TINY, 1))[0]
    torch.rand(3)
    assert same(first, build_model(seeded(TINY, 1))[0])
    assert not same(first, build_model(seeded(TINY, 2))[0])


def test_a_checkpoint_is_the_model_and_holds_no_pickle(tmp_path: Path) -> None:
    network, tokenizer = build_model(seeded(TINY, 1))
    save_checkpoint(network, tokenizer, tmp_path)
    loaded, words = load_checkpoint(TINY, tmp_path)
    assert same(network, loaded)
    assert words("abc")["input_ids"] == tokenizer("abc")["input_ids"]
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}


def test_adapters_are_saved_alone_and_load_trainable(folder: Path, tmp_path: Path) -> None:
    model = PretrainedModel(type="pretrained", id=str(folder), lora=Lora(rank=2))
    network, tokenizer = build_model(seeded(model, 3))
    assert same(network, build_model(seeded(model, 3))[0])
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "lora_B" in name:
                weight.fill_(0.5)
    save_checkpoint(network, tokenizer, tmp_path)
    whole = (folder / "model.safetensors").stat().st_size
    assert (tmp_path / "adapter_model.safetensors").stat().st_size < whole
    assert not (tmp_path / "model.safetensors").exists()
    loaded, _ = load_checkpoint(model, tmp_path)
    assert same(network, loaded)
    trained = {name for name, weight in loaded.named_parameters() if weight.requires_grad}
    assert trained
    assert all("lora_" in name for name in trained)


def test_an_untouched_model_is_kept_by_name(folder: Path, tmp_path: Path) -> None:
    model = PretrainedModel(type="pretrained", id=str(folder))
    network, tokenizer = build_model(model)
    save_checkpoint(network, tokenizer, tmp_path, source=model)
    assert not list(tmp_path.glob("*.safetensors"))
    assert same(load_checkpoint(model, tmp_path)[0], network)


def test_a_tokenizer_without_padding_pads_with_its_end(folder: Path, tmp_path: Path) -> None:
    network, tokenizer = build_model(TINY)
    tokenizer.pad_token = None
    save_checkpoint(network, tokenizer, tmp_path)
    _, loaded = build_model(PretrainedModel(type="pretrained", id=str(tmp_path)), 0)
    assert loaded.pad_token == loaded.eos_token
    assert loaded.padding_side == "left"


def test_models_that_are_models_pass(folder: Path) -> None:
    check_model(TINY)
    check_model(PretrainedModel(type="pretrained", id=str(folder)))


def test_a_path_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "garbled").mkdir()
    (tmp_path / "garbled" / "config.json").write_text("{", encoding="utf-8")
    (tmp_path / "picture").mkdir()
    (tmp_path / "picture" / "config.json").write_text('{"model_type": "vit"}', encoding="utf-8")
    for name in (".", "nothing-here", "notes.txt", "garbled", "picture"):
        with pytest.raises(ModelError) as caught:
            check_model(PretrainedModel(type="pretrained", id=str(tmp_path / name)))
        assert caught.value.key == "model.id"
        assert "\n" not in str(caught.value)


def test_unknown_adapter_targets_are_the_users_mistake(folder: Path) -> None:
    model = PretrainedModel(type="pretrained", id=str(folder), lora=Lora(targets=("no_such_module",)))
    with pytest.raises(ModelError, match=r"model\.lora\.targets"):
        build_model(model)


@pytest.mark.parametrize(("written", "found"), [(None, "abc123"), ("main", "abc123"), ("main", None)])
def test_a_hub_model_is_loaded_at_the_commit_that_was_found_first(monkeypatch, written, found):
    """Without a revision, later nodes once loaded whatever the hub served then."""
    asked = []

    def noting(place, *, revision, **_):
        asked.append(revision)
        raise OSError("no hub here")

    for kind in ("AutoTokenizer", "AutoModelForCausalLM", "AutoConfig"):
        monkeypatch.setattr(f"experiments.models.checkpoints.{kind}.from_pretrained", noting)
    model = PretrainedModel(type="pretrained", id="someone/model", revision=written)
    with pytest.raises(ModelError, match="cannot be loaded"):
        build_model(model, found)
    with pytest.raises(ModelError, match="cannot be loaded"):
        lengths_of(model, found)
    assert set(asked) == {found or written}


@pytest.mark.parametrize(("written", "context"), [(None, 64), (20, 20), (1000, 64)])
def test_a_length_that_is_written_bounds_data_and_no_weights(tmp_path: Path, written: int | None, context: int) -> None:
    save_checkpoint(*build_model(TINY), tmp_path)
    model = PretrainedModel(type="pretrained", id=str(tmp_path), max_length=written)
    assert lengths_of(model, check_model(model)).context == context
    plain = model.model_copy(update={"max_length": None})
    one, other = (Setup(model=each, domains={}, evaluation=Evaluation()) for each in (model, plain))
    assert one.base_id == other.base_id


def test_another_chat_template_is_another_model(tmp_path: Path) -> None:
    """It stands in a file of its own, and what a model is asked depends on it."""
    model = PretrainedModel(type="pretrained", id=str(save_chat_model(tmp_path, "qwen2")))
    before = check_model(model)
    with (tmp_path / "chat_template.jinja").open("a", encoding="utf-8") as file:
        file.write("{# another #}")
    assert check_model(model) != before


def test_a_checkpoint_keeps_its_chat_template(tmp_path: Path) -> None:
    model = PretrainedModel(type="pretrained", id=str(save_chat_model(tmp_path / "model", "llama3")))
    network, tokenizer = build_model(model)
    save_checkpoint(network, tokenizer, tmp_path / "kept")
    assert load_checkpoint(model, tmp_path / "kept")[1].chat_template == TEMPLATES["llama3"]


def test_a_hub_that_does_not_answer_says_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    for name, made in (("nobody/no-such-model", False), ("HuggingFaceTB/SmolLM2-135M-Instruct", True)):
        with pytest.raises(ModelError) as caught:
            check_model(PretrainedModel(type="pretrained", id=name, revision="none-of-the-cache"))
        assert "HF_ENDPOINT names a mirror, HF_HUB_OFFLINE=1" in str(caught.value)
        assert ("`make smollm`" in str(caught.value)) == made
        assert "\n" not in str(caught.value)
