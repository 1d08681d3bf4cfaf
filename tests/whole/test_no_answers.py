"""Prompts without reference answers, from end to end: trained, reported, exported, and exported for another tool."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.support.commands import report_of, stable, within

pytestmark = pytest.mark.slow

CURRICULUM = """\
name: prompts
model: {type: scratch, hidden_size: 16, layers: 1, heads: 2, context: 64, warmup: {steps: 0}}
domains:
  letters:
    kind: structured
    source: {type: file, path: prompts.jsonl}
    answer: false
    rewards: [{type: function, file: rewards.py, name: vowels}]
    max_tokens: 8
  wishes:
    kind: creative
    source: {type: file, path: prompts.jsonl}
    prompt: "{prompt}?"
    answer: false
    rewards: [{type: regex, pattern: "(?s).*[a-m].*"}]
    max_tokens: 8
training: {steps: 2, prompts: 2, rollouts: 4, learning_rate: 0.001}
schedule: {order: given, given: [letters, wishes]}
evaluation: {validation: 8, test: 8, entropy_items: 4, metrics: [entropy, kl]}
baselines: {orders: [], compositions: [sequential], random_orders: 0, joint_tuned: false, joint_probes: false,
  joint_weighted: false, joint_budgets: [], merges: [], interpolate: false}
seeds: [0]
"""
FUNCTION = """\
def vowels(completion, reference, **_):
    assert reference == "", reference
    return sum(letter in "aeiou" for letter in completion) / max(len(completion), 1)
"""


def test_a_run_of_prompts_alone(tmp_path: Path) -> None:
    words = ("rain", "tea", "the sea", "bees")
    prompts = [{"prompt": f"Write about {word} {number}"} for word in words for number in range(20)]
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in prompts), "utf-8")
    (tmp_path / "rewards.py").write_text(FUNCTION, "utf-8")
    file, store = tmp_path / "prompts.yaml", tmp_path / "runs"
    file.write_text(CURRICULUM, "utf-8")

    ended = within("validate", file)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = []
    for _ in range(2):
        ended = within("run", file, "--store", store, "--executor", "inline")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        said.append(stable(report_of(store)))
    assert "0 stages to run" in ended.stdout
    assert said[0] == said[1]
    rows = report_of(store)["matrix"]
    assert {row["domain"] for row in rows} == {"letters", "wishes"}
    assert all(row["score"] is not None and row["nll"] is None and row["entropy"] > 0 for row in rows)
    assert {row["depth"] for row in rows} == {0, 1, 2}

    ended = within("report", file, "--store", store)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "letters" in ended.stdout

    ended = within("export", file, tmp_path / "model", "--store", store)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    assert model.generate(**tokenizer("Write", return_tensors="pt"), max_new_tokens=2).shape[1] > 2

    ended = within("export", file, tmp_path / "trl", "--to", "trl", "--store", store)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    first = json.loads((tmp_path / "trl" / "data" / "stage-1" / "train.jsonl").read_text("utf-8").splitlines()[0])
    assert set(first) == {"prompt", "domain", "item"}
    asked = "import rewards; print(rewards.reward(None, ['aeio', 'xyzu'], domain=['letters'] * 2, item=['ITEM'] * 2))"
    asked = asked.replace("ITEM", first["item"])
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path / "trl", capture_output=True, text=True, check=False
    )
    assert done.stdout == "[1.0, 0.25]\n", done.stderr
