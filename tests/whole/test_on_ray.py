"""Whole runs whose stages Ray's workers train: by a reward that the user wrote, and by two processes a stage.

The driver is pytest and finds Ray running, so that a worker which has loaded torch serves the next run too. Drivers
with a cluster of their own are in test_end_to_end.py and test_killed.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import NONE
from tests.support.commands import TINY, report_of, variant, within
from tests.support.own_reward import write_mine
from tests.support.rays import connected

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
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with connected(tmp_path_factory.mktemp("first")):
        yield


def records(store: Path) -> dict[str, str]:
    return {place.parent.name: place.read_text() for place in store.glob("nodes/*/record.json")}


def test_it_trains_on_ray_and_is_known_by_its_code(
    cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    file, store = write_mine(tmp_path / "a"), tmp_path / "store"
    done = within("run", file, "--store", store)
    assert done.returncode == 0, done.stdout + done.stderr
    made = records(store)
    assert any(name.startswith("s0-sums") for name in made)
    # From another folder, and with another file of the same content: nothing is trained again.
    moved = file.parent.rename(tmp_path / "b") / file.name
    again = within("run", moved, "--store", store, "--executor", "inline")
    assert again.returncode == 0, again.stdout + again.stderr
    assert records(store) == made
    assert len(list(store.glob("mine-*/report.json"))) == 1
    # A stored curriculum runs from where it is, as long as the code is the one that it was.
    (stored,) = store.glob("mine-*/curriculum.yaml")
    assert within("validate", stored, "--store", store).returncode == 0
    (moved.parent / "words.py").write_text("LETTERS = set('0123456789')\n")
    refused = within("validate", stored, "--store", store)
    assert refused.returncode == 2
    assert "the file has changed since it was hashed" in refused.stderr
    assert refused.stderr.count("\n") == 1
    # Other code: only the stages that learn from it.
    changed = within("validate", moved, "--store", store)
    assert changed.returncode == 0, changed.stderr
    assert "to train" in changed.stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    variant(folder, *ONE)
    ended = within("run", folder / TINY.name, "--store", folder / "store", "--executor", "inline")
    assert ended.returncode == 0, ended.stderr
    return folder / "store"


# Each process loads torch.
@pytest.mark.timeout(400)
def test_a_stage_by_two_processes_on_ray_is_that_of_one(cluster: None, alone: Path, tmp_path: Path) -> None:
    variant(tmp_path, *ONE, TWO)
    ended = within("run", tmp_path / TINY.name, "--store", tmp_path / "store")
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
