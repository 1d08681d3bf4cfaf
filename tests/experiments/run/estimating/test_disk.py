"""The room that weights take is told before anything trains, and it is what they take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from curricula.schema import Lora, Model, PretrainedModel
from curricula.stage import Stage, Training
from experiments.models.checkpoints import build_model, save_checkpoint, trained_parameters
from experiments.nodes.tree import base_node, child_node
from experiments.run.estimating.disk import disk_of
from experiments.run.estimating.timed_trial import trial
from tests.support.models import TINY
from tests.support.tiny import tiny

pytestmark = pytest.mark.slow


def models(folder: Path) -> dict[str, Model]:
    save_checkpoint(*build_model(TINY), folder / "base")
    whole = PretrainedModel(type="pretrained", id=str(folder / "base"))
    return {"scratch": TINY, "whole": whole, "lora": whole.model_copy(update={"lora": Lora(rank=2)})}


@pytest.mark.parametrize("name", ["scratch", "whole", "lora"])
def test_it_is_the_size_of_the_files(name: str, tmp_path: Path) -> None:
    model = models(tmp_path)[name]
    network, tokenizer = build_model(model)
    save_checkpoint(network, tokenizer, tmp_path / "kept")
    (file,) = (tmp_path / "kept").glob("*.safetensors")
    assert 4 * trained_parameters(model) == pytest.approx(file.stat().st_size, rel=0.35 if name == "lora" else 0.05)
    assert 4 * trained_parameters(model) <= file.stat().st_size


@pytest.mark.parametrize(("name", "kept"), [("scratch", 3), ("whole", 2), ("lora", 3)])
def test_bases_that_are_only_named_take_none_and_moments_are_told_apart(name: str, kept: int, tmp_path: Path) -> None:
    prepared = tiny()
    model = models(tmp_path)[name]
    prepared = replace(prepared, curriculum=prepared.curriculum.model_copy(update={"model": model}))
    nodes = [base_node(prepared.setup)]
    for optimizer in ("reset", "carry"):
        training = Training(steps=1, optimizer=optimizer)  # type: ignore[arg-type]
        nodes.append(child_node(prepared.setup, nodes[-1], Stage(mixture={"sorting": 1.0}, training=training), 0))
    found = disk_of(prepared, nodes)
    assert found is not None
    assert found.weights == kept * found.node
    assert found.moments == 2 * found.node


def test_a_pretrained_model_is_timed_where_that_is_asked_for(tmp_path: Path) -> None:
    prepared, model = tiny(), models(tmp_path)["lora"].model_copy(update={"id": str(tmp_path / "base")})
    wide = build_model(TINY.model_copy(update={"context": 96}))
    save_checkpoint(*wide, tmp_path / "base")
    curriculum = prepared.curriculum.model_copy(update={"model": model})
    prepared = replace(prepared, curriculum=curriculum, setup=prepared.setup.model_copy(update={"model": model}))
    stages = [Stage(mixture={"sorting": 1.0, "stories": 1.0}, training=curriculum.training)]
    assert trial(prepared, stages=stages) is None
    pace = trial(prepared, stages=stages, asked=True)
    assert pace is not None
    assert pace.step > 0
    assert pace.warmup_step == 0
