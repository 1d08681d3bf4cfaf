"""A whole run whose stage two processes train: by SFT it is that of one process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import NONE
from tests.support.commands import TINY, report_of, stagewise, variant, within

pytestmark = pytest.mark.slow

ONE = (
    ("random_orders: 1", f"random_orders: 0, {NONE}"),
    (
        "seeds: [0, 1]",
        "seeds: [0]\nschedule: {composition: explicit, stages: [{mixture: {sorting: 0.5, stories: 0.5}}]}",
    ),
    ("training: {steps: 4,", "training: {method: sft, steps: 4,"),
    ("warmup: {steps: 120", "warmup: {steps: 0"),
)
"""One stage and, since nothing is learnt before it, only that."""
TWO = ("seeds: [0]", "seeds: [0]\nresources: {processes: 2}")


def nodes(store: Path) -> dict[str, tuple[dict[str, Any], dict[str, torch.Tensor]]]:
    """Slug → record and weights."""
    found = {}
    for file in store.glob("nodes/*/record.json"):
        record = json.loads(file.read_text("utf-8"))
        found[file.parent.name] = record, load_file(file.parent / record["checkpoint"] / "model.safetensors")
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    variant(folder, *ONE)
    ended = within("run", folder / TINY.name, "--store", folder / "store", "--executor", "inline")
    assert ended.returncode == 0, ended.stderr
    return folder / "store"


# Each process loads torch.
@pytest.mark.timeout(400)
def test_a_stage_by_two_processes_on_ray_is_that_of_one(alone: Path, tmp_path: Path) -> None:
    variant(tmp_path, *ONE, TWO)
    ended = stagewise("run", tmp_path / TINY.name, "--store", tmp_path / "store", timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr.strip() == ""
    # No identity holds how many there are.
    one, two = nodes(alone), nodes(tmp_path / "store")
    assert set(one) == set(two)
    assert sorted(record.get("processes", 1) for record, _ in two.values()) == [1, 2]
    for slug, (record, weights) in two.items():
        assert "processes" not in one[slug][0]
        assert record["cost"]["tokens"] == one[slug][0]["cost"]["tokens"]
        assert record["reward_curve"] == pytest.approx(one[slug][0]["reward_curve"], abs=1e-3)
        for name, weight in weights.items():
            assert torch.allclose(weight, one[slug][1][name], atol=2e-3), (slug, name)
    assert report_of(tmp_path / "store")["run"] == report_of(alone)["run"]
