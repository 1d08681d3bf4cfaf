"""What a worker draws of a domain: by the seed and by how much of it was drawn before, by nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curricula.schema import Resources
from curricula.stage import Stage, Training
from experiments.executors.base import Work
from experiments.nodes.tree import StageNode, base_node, child_node
from experiments.training.stage import Trained, train_stage
from experiments.worker.node import run_node
from tests.support.models import stored

pytestmark = pytest.mark.slow

OWN = Training(method="sft", steps=2, prompts=4, learning_rate=1e-3)
PROBE = Stage(mixture={"copy": 1.0}, training=OWN)
OTHER = Stage(mixture={"free": 1.0}, training=OWN)
SLOWER = Stage(mixture={"copy": 1.0}, training=OWN.model_copy(update={"learning_rate": 5e-4, "weight_decay": 0.1}))


def test_a_domain_s_first_stage_draws_the_same_wherever_it_stands_and_its_second_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `lr_decay` a stage in second place once drew other examples than its probe: 460 of 960 shared."""
    seen: list[list[str]] = []

    def watched(*given: Any, **more: Any) -> Trained:
        seen.append([one.example.id for one in given[3] if one.domain == "copy"])
        return train_stage(*given, **more)

    monkeypatch.setattr("experiments.worker.train.train_stage", watched)
    store, setup = stored(str(tmp_path))
    base = base_node(setup)

    def run(parent: StageNode, stage: Stage, seed: int = 0) -> StageNode:
        node = child_node(setup, parent, stage, seed)
        run_node(Work(node, parent, setup, store.url, Resources()))
        return node

    run_node(Work(base, None, setup, store.url, Resources()))
    seen.clear()
    probe = run(base, PROBE)
    run(run(base, OTHER), SLOWER)
    run(probe, SLOWER)
    run(base, PROBE, seed=1)
    first, none, second, further, lucky = seen
    assert none == []
    assert second == first
    assert len({*first, *further}) == len(first) + len(further) == 16
    assert lucky != first
