"""Rewards and sources as they may be written: at least one of each type, and every key that holds a list."""

from __future__ import annotations

from typing import Any

from tests.support.paths import ROOT

FUNCTIONS = ROOT / "tests" / "support" / "user_rewards.py"
JUDGE = {"type": "judge", "url": "http://localhost:1/v1", "model": "m"}
REWARDS: list[dict[str, Any]] = [
    {"type": "exact"},
    {"type": "numeric"},
    {"type": "regex", "pattern": "a"},
    {"type": "instructions", "max_words": 9, "contains": ["a", "b"], "avoids": ["c"]},
    {"type": "scorer"},
    {"type": "creative", "novelty": [0.2, 0.9]},
    {"type": "function", "file": str(FUNCTIONS), "name": "shares_letters"},
    {"type": "function", "file": "r.py", "name": "score", "range": [0.0, 2.0], "also": ["more.py"]},
    {"type": "code", "tests": "assert f(1) == 1"},
    {**JUDGE, "rubric": "good", "scale": [1, 5]},
    {**JUDGE, "pairwise": "better", "weights": "w"},
    {"type": "reward_model", "id": "m", "range": [-1.0, 1.0]},
]
FILE = {"type": "file", "path": ["a.jsonl", "b.jsonl"]}
SOURCES: list[dict[str, Any]] = [
    {"type": "stories"},
    {"type": "reasoning_gym", "task": "gcd"},
    FILE,
    {"type": "hub", "path": "a/b", "data_files": ["x.jsonl", "y.jsonl"]},
    {"type": "hub", "path": "a/b", "data_files": {"train": ["x.jsonl"], "test": "y.jsonl"}},
    {
        "type": "mix",
        "parts": [{"source": FILE, "share": 0.5}, {"source": {"type": "hub", "path": "a/b"}, "share": 0.5}],
    },
]
