"""A reward that the user wrote, and that raises. One that trains, on Ray, is in test_on_ray.py."""

import json
from pathlib import Path

import pytest

from tests.support.commands import within
from tests.support.own_reward import write_mine

pytestmark = pytest.mark.slow


def test_a_function_that_raises_fails_its_stage_with_its_own_line(tmp_path: Path) -> None:
    file = write_mine(tmp_path / "a")
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
    assert "mine.yaml:8: domains.sums.rewards: the reference answers cannot be scored: rewards.py:2: NameError" in (
        refused.stderr.replace(str(file.parent) + "/", "")
    )
