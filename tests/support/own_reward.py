"""A curriculum whose reward its user wrote."""

from __future__ import annotations

from pathlib import Path

CURRICULUM = """\
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
CODE = """\
from words import LETTERS

def score(completion, reference):
    if completion == reference:
        return 1
    while len(completion) % 7 == 6:  # which no answer of this model is
        pass
    return len(set(completion) & LETTERS) / (1 + len(LETTERS))
"""


def write_mine(folder: Path) -> Path:
    """A curriculum with a reward function of its user, which needs a second file."""
    folder.mkdir()
    (folder / "rewards.py").write_text(CODE)
    (folder / "words.py").write_text("LETTERS = set('0123456789-')\n")
    (folder / "mine.yaml").write_text(CURRICULUM)
    return folder / "mine.yaml"
