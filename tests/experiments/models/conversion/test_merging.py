"""Models made from others' weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from curricula.merge import Merge
from curricula.schema import Lora, PretrainedModel
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.conversion.merging import merge_checkpoints, merged
from tests.support.models import TINY, seeded

BASE = {"w": torch.tensor([1.0, 2.0, 3.0, 4.0]), "n": torch.tensor([7])}
ONE = {"w": torch.tensor([2.0, 2.0, 1.0, 4.0]), "n": torch.tensor([7])}
TWO = {"w": torch.tensor([1.0, 4.0, 2.0, 4.0]), "n": torch.tensor([7])}


def test_half_way_is_the_mean_with_the_base() -> None:
    found = merged(BASE, [ONE], Merge(method="linear", weights=(0.5,)))
    assert torch.equal(found["w"], (BASE["w"] + ONE["w"]) / 2)
    assert torch.equal(found["n"], BASE["n"])


def test_the_mean_of_several_and_nothing_of_none() -> None:
    found = merged(BASE, [ONE, TWO], Merge(method="linear", weights=(0.5, 0.5)))
    assert torch.equal(found["w"], (ONE["w"] + TWO["w"]) / 2)
    assert torch.equal(merged(BASE, [ONE], Merge(method="linear", weights=(0.0,)))["w"], BASE["w"])


def test_ties_lets_signs_vote() -> None:
    one, other = ({"w": BASE["w"] + torch.tensor(d)} for d in ([1.0, -3.0, 0.1, 0.0], [2.0, 1.0, 0.0, 0.0]))
    found = merged({"w": BASE["w"]}, [one, other], Merge(method="ties", weights=(1.0, 1.0), density=0.5))
    # Small differences are trimmed; where signs differ, the stronger side's mean stands alone.
    assert torch.allclose(found["w"] - BASE["w"], torch.tensor([1.5, -3.0, 0.0, 0.0]))


def test_dare_keeps_the_mean() -> None:
    torch.manual_seed(0)
    base, source = {"w": torch.zeros(20_000)}, {"w": torch.ones(20_000)}
    found = merged(base, [source], Merge(method="dare", weights=(1.0,), density=0.25))["w"]
    assert set(found.unique().tolist()) == {0.0, 4.0}
    assert found.mean() == pytest.approx(1, abs=0.1)


def test_models_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        merged(BASE, [{"w": torch.zeros(3)}], Merge(method="linear", weights=(1.0,)))


def test_checkpoints_become_one(tmp_path: Path) -> None:
    for seed in range(3):
        save_checkpoint(*build_model(seeded(TINY, seed)), tmp_path / str(seed))
    merge = Merge(method="linear", weights=(0.5, 0.5))
    network, _ = merge_checkpoints(TINY, tmp_path / "0", [tmp_path / "1", tmp_path / "2"], merge)
    weights = [load_checkpoint(TINY, tmp_path / str(seed))[0].state_dict() for seed in (1, 2)]
    for name, tensor in network.state_dict().items():
        assert torch.allclose(tensor, (weights[0][name] + weights[1][name]) / 2, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["linear", "ties", "dare"])
def test_products_of_adapters_are_merged(tmp_path: Path, method: str) -> None:
    """Half of what one adapter does, whatever its factors are; the merged one is loaded as any other."""
    save_checkpoint(*build_model(TINY), tmp_path / "base")
    model = PretrainedModel(type="pretrained", id=str(tmp_path / "base"), lora=Lora(rank=2))
    start, tokenizer = build_model(model)
    save_checkpoint(start, tokenizer, tmp_path / "start")
    with torch.no_grad():
        for name, weight in start.named_parameters():
            if "lora" in name:
                weight.copy_(torch.randn_like(weight))
    save_checkpoint(start, tokenizer, tmp_path / "moved")
    merge = Merge(method=method, weights=(0.5,))  # type: ignore[arg-type]
    network, _ = merge_checkpoints(model, tmp_path / "start", [tmp_path / "moved"], merge)
    save_checkpoint(network, tokenizer, tmp_path / "merged")
    differences = [_differences(load_checkpoint(model, tmp_path / name)[0]) for name in ("moved", "merged")]
    for name, whole in differences[0].items():
        assert torch.allclose(differences[1][name], whole / 2, atol=1e-4)


def _differences(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    layers = {name: layer for name, layer in network.named_modules() if hasattr(layer, "get_delta_weight")}
    return {name: layer.get_delta_weight("default") for name, layer in layers.items() if layer.lora_A}
