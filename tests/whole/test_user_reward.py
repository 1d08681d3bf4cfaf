"""A reward that the user wrote, from the file beside the curriculum to workers on Ray and to the record."""

import json
from pathlib import Path

import pytest

from tests.support.commands import stagewise, within

CURRICULUM = """
name: mine
model: {type: scratch, hidden_size: 16, layers: 1, heads: 2, context: 96, warmup: {steps: 10, batch: 16}}
domains:
  sums:
    kind: structured
    source: {type: reasoning_gym, task: chain_sum}
    prompt: "{expression} = "
    rewards: [{type: function, file: rewards.py, name: score, also: [words.py], limit: 0.5}]
    max_tokens: 4
    train: 200
  stories:
    kind: creative
    source: {type: stories}
    rewards: [{type: creative}]
    max_tokens: 8
    train: 200
training: {steps: 2, prompts: 2, rollouts: 4}
schedule: {order: given, given: [sums, stories]}
evaluation: {validation: 6, test: 6, entropy_items: 4}
baselines:
  {joint: false, joint_tuned: false, joint_weighted: false, joint_budgets: [], compositions: [sequential],
  random_orders: 0, merges: [], interpolate: false, orders: []}
seeds: [0]
"""
CODE = """
from words import LETTERS

def score(completion, reference):
    if completion == reference:
        return 1
    while len(completion) % 7 == 6:  # which no answer of this model is
        pass
    return len(set(completion) & LETTERS) / (1 + len(LETTERS))
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "rewards.py").write_text(CODE)
    (tmp_path / "a" / "words.py").write_text("LETTERS = set('0123456789-')\n")
    (tmp_path / "a" / "mine.yaml").write_text(CURRICULUM)
    return tmp_path / "a" / "mine.yaml"


def records(store: Path) -> dict[str, str]:
    return {place.parent.name: place.read_text() for place in store.glob("nodes/*/record.json")}


def test_it_trains_on_ray_and_is_known_by_its_code(file: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    done = stagewise("run", file, "--store", store)
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


def test_a_function_that_raises_fails_its_stage_with_its_own_line(file: Path, tmp_path: Path) -> None:
    # Before anything trains it is tried on numbers and on nothing: what this model says is seldom either.
    code = "def score(completion):\n    if completion.strip('-0123456789'):\n        return {}['no']\n    return 1\n"
    (file.parent / "rewards.py").write_text(code)
    store = tmp_path / "store"
    done = within("run", file, "--store", store, "--executor", "inline")
    assert done.returncode == 1
    said = "domain sums: rewards.py:3: KeyError: 'no'"
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    (error, *_) = store.glob("nodes/s0-sums*/error.json")
    assert json.loads(error.read_text())["boundary"] == "reward"
    (file.parent / "rewards.py").write_text("def score(completion, reference):\n    return missing\n")
    refused = within("validate", file, "--store", store)
    assert refused.returncode == 2
    assert "mine.yaml:9: domains.sums.rewards: the reference answers cannot be scored: rewards.py:2: NameError" in (
        refused.stderr.replace(str(file.parent) + "/", "")
    )
