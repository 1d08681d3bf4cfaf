"""A kind of reward is one file and one name in one table: CONTRIBUTING's example, in a copy of the two lower floors."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from domains.rewards import KINDS
from tests.support.paths import ROOT

CURRICULUM = """\
name: short
model: {type: scratch}
domains:
  talk:
    kind: creative
    source: {type: stories}
    rewards: [{type: length, most: 2}]
  tales:
    kind: creative
    source: {type: stories}
    rewards: [{type: creative}]
"""
ASKED = """
import json, sys
from pathlib import Path
from curricula.loader import load_curriculum
from curricula.json_schema import schema_text
from domains.example import Example
from domains.rewards import build_mix, reward_identity

spec = load_curriculum(Path("c.yaml")).domains["talk"].rewards[0]
marks = build_mix([spec], [])(["two words", "now three words", " "], Example(prompt="p", answer=""))
print(json.dumps({
    "marks": [[mark.score, mark.parsed] for mark in marks],
    "identity": reward_identity(spec),
    "schema": "LengthReward" in schema_text(),
}))
"""


@pytest.fixture
def copy(tmp_path):
    for name in ("domains", "curricula"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("\n## To add a reward\n")[1]
    name, block = re.findall(r"With `(\w+)` as NAME:\n\n```python\n(.*?)```", section, re.DOTALL)[0]
    (tmp_path / "domains" / "rewards" / f"{name}.py").write_text(block, encoding="utf-8")
    table = tmp_path / "domains" / "rewards" / "table.py"
    text = table.read_text("utf-8")
    text = text.replace("judge, numeric", "judge, length, numeric", 1).replace(
        "    judge.KIND,", "    length.KIND,\n    judge.KIND,"
    )
    table.write_text(text, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(CURRICULUM, encoding="utf-8")
    return tmp_path


def asked(folder, code):
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def test_a_reward_is_added_by_one_file_and_one_name(copy):
    done = asked(copy, ASKED)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["marks"] == [[1.0, "two words"], [0.0, "now three words"], [0.0, None]]
    assert told["identity"]["spec"] == {"type": "length", "weight": 1.0, "most": 2}
    assert told["identity"]["code"]["reward"] == {"number": 1, "libraries": {}}
    assert told["schema"]


@pytest.mark.slow
def test_a_reward_that_is_not_there_is_refused_with_the_new_name_among_the_others(copy):
    (copy / "c.yaml").write_text(CURRICULUM.replace("type: length", "type: lenght"), encoding="utf-8")
    done = asked(copy, "from pathlib import Path\nfrom curricula.loader import *\nload_curriculum(Path('c.yaml'))")
    assert "length, judge, reward_model, got 'lenght'. Did you mean 'length'?" in done.stderr


def test_the_starter_names_every_reward():
    text = (ROOT / "curricula" / "starter.yaml").read_text("utf-8")
    others = re.search(r"type: exact +# Others: (.+)\.", text)
    assert others
    assert set(others[1].split(", ")) == {*KINDS} - {"exact"}


def test_no_other_file_decides_by_the_names_of_rewards():
    """Else a new one would have to be named there too. What belongs to one kind alone may ask for that kind."""
    # "creative" is a kind of domain, too.
    names = "|".join(set(KINDS) - {"creative"})
    alone = {"curricula/checks.py: scorer"}
    found = set()
    for package in ("domains", "curricula", "scheduler", "experiments"):
        for file in (ROOT / package).rglob("*.py"):
            for name in re.findall(rf'(?:==|!=|in [({{\[]) ?"({names})"', file.read_text("utf-8")):
                found.add(f"{file.relative_to(ROOT).as_posix()}: {name}")
    assert found <= alone
