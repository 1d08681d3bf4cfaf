"""The base model is read beneath a node's adapters where it lies there to the bit, and loaded where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curricula.schema import Adapter, Lora, Model, PretrainedModel, Resources, Warmup
from curricula.stage import Stage, Training
from experiments.evaluation.divergence import divergence
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.nodes.record import Record
from experiments.nodes.tree import base_node, child_node
from experiments.store import Store
from experiments.worker import node_models
from experiments.worker.bench import Bench
from experiments.worker.node import run_node
from experiments.worker.node_models import NodeModels
from experiments.worker.train import train
from tests.support.models import TINY, stored, words

pytestmark = pytest.mark.slow

STAGE = Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=3, prompts=4, learning_rate=1e-2))
ITEMS = words(8)
PLAIN = Lora(rank=2)
BENEATH: dict[str, dict[str, Any]] = {
    "plain": {"lora": PLAIN},
    "bfloat16": {"lora": PLAIN, "dtype": "bfloat16"},
    "rslora": {"lora": Lora(rank=2, rslora=True)},
    "modules trained whole": {"lora": Lora(rank=2, modules_to_save=("norm",))},
    "on an adapter": {"lora": PLAIN, "adapter": "other"},
    "no step of warm-up": {"lora": PLAIN, "warmup": Warmup(steps=0)},
}
APART: dict[str, dict[str, Any]] = {
    "all weights": {},
    "dora": {"lora": Lora(rank=2, dora=True)},
    "warm-up": {"lora": PLAIN, "warmup": Warmup(steps=2, batch=4)},
}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Checkpoints that measuring loaded."""
    places: list[Path] = []

    def load(model: Model, folder: Path, *rest: Any, **more: Any) -> Any:
        places.append(folder)
        return load_checkpoint(model, folder, *rest, **more)

    monkeypatch.setattr(node_models, "load_checkpoint", load)
    return places


def pretrained(folder: Path, adapter: str | None = None, **given: Any) -> PretrainedModel:
    save_checkpoint(*build_model(TINY.model_copy(update={"seed": 3})), folder / "model")
    model = PretrainedModel(type="pretrained", id=str(folder / "model"), **given)
    if adapter is None:
        return model
    network, tokenizer = build_model(model.model_copy(update={"lora": PLAIN}))
    for weight in network.parameters():
        weight.data.add_(0.05) if weight.requires_grad else None
    save_checkpoint(network, tokenizer, folder / adapter)
    return model.model_copy(update={"adapter": Adapter(id=str(folder / adapter))})


def trained(folder: Path, given: dict[str, Any]) -> tuple[Bench, Any]:
    """Base, and a stage with its model at hand; neither is measured."""
    store, setup = stored(str(folder / "store"))
    setup = setup.model_copy(update={"model": pretrained(folder, **given)})
    base = base_node(setup)
    train(Bench(Work(base, None, setup, store.url, Resources()), store))
    bench = Bench(Work(child_node(setup, base, STAGE, 0), base, setup, store.url, Resources()), store)
    return bench, train(bench)


@pytest.mark.parametrize("given", BENEATH.values(), ids=BENEATH)
def test_the_base_beneath_the_adapters_is_the_one_that_is_kept_to_the_bit(
    tmp_path: Path, given: dict[str, Any], loaded: list[Path]
) -> None:
    """By its readings and by the KL from it, interleaved with the node's own; at hand or loaded."""
    bench, model = trained(tmp_path, given)
    for at_hand in (model, None):
        models = NodeModels(bench, at_hand)
        answers = [models.own.answer(item) for item in ITEMS]
        before = models.own.read(ITEMS, answers)
        loaded.clear()
        beneath = models.base
        assert not loaded
        apart = models._loaded(base_node(bench.work.setup))
        assert beneath.read(ITEMS, answers) == apart.read(ITEMS, answers) != before
        moved = divergence(beneath, models.own, ITEMS, answers)
        assert min(moved) > 0
        assert moved == divergence(apart, models.own, ITEMS, answers)
        assert models.own.read(ITEMS, answers) == before


@pytest.mark.parametrize("given", APART.values(), ids=APART)
def test_a_base_that_does_not_lie_beneath_is_loaded(tmp_path: Path, given: dict[str, Any], loaded: list[Path]) -> None:
    bench, model = trained(tmp_path, given)
    models = NodeModels(bench, model)
    assert models.base.network is not models.own.network
    assert len(loaded) == 1


def test_what_is_recorded_is_what_a_base_apart_gives(
    tmp_path: Path, loaded: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the base left no samples too: they are drawn beneath the adapters."""
    found: list[Record] = []
    for way in ("beneath", "apart"):
        if way == "apart":
            monkeypatch.setattr(node_models, "base_beneath_adapters", lambda *_: False)
        loaded.clear()
        bench, _ = trained(tmp_path / way, {"lora": PLAIN})
        run_node(bench.work)
        assert len(loaded) == (1 if way == "beneath" else 2)
        found.append(Store.open(bench.work.store).record(bench.work.node, suite_of(bench.work.setup).id))
    one, other = (record.scores for record in found)
    assert one == other
    assert one["test"]["copy"].kl > 0
