"""Rewards outside of stagewise: the same scores, by group, wherever the folder lies, where stagewise is not there."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from curricula.loader import load_curriculum
from domains.rewards import RewardSpec, build_mix, with_codes
from experiments.run.recipes.carried import PACKAGE, needed
from experiments.run.recipes.write import TOOLS, write_recipe
from tests.support.recipes import forget_copies, job_in, recipe_of
from tests.support.sandbox import needs_sandbox

CODE = """
def vowels(completion, reference, **_):
    return sum(letter in "aeiou" for letter in completion) / max(len(completion), 1)
"""


@pytest.fixture
def job(tmp_path):
    return job_in(tmp_path)


ALONE = """
import json, sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"domains", "curricula", "scheduler", "experiments", "stagewise"}:
            raise ModuleNotFoundError(f"{name} is not there")

sys.meta_path.insert(0, Nothing())
import rewards

print(json.dumps([rewards.reward(**each) for each in json.load(sys.stdin)]))
"""
"""What a trainer does, in an interpreter that has the folder and none of stagewise's packages."""
KINDS = [
    {"type": "exact"},
    {"type": "numeric", "name": "number"},
    {"type": "scorer"},
    {"type": "regex", "pattern": ".{2,}"},
    {"type": "instructions", "max_words": 2, "avoids": ["7"]},
    {"type": "creative", "vocabulary": "any", "min_words": 1},
    {"type": "function", "file": "mine.py", "name": "vowels"},
]


def loaded(folder: Path):
    """As verl and pytest load it: by its place."""
    forget_copies()
    spec = importlib.util.spec_from_file_location("rewards_of_a_folder", folder / "rewards.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked_alone(folder: Path, *questions):
    """The scores that `rewards.py` gives where nothing of ours can be imported."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE],
        input=json.dumps(questions),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rewarded(job, folder: Path, *rewards):
    """A recipe whose sorting has these rewards, read from `folder`, and these rewards."""
    recipe = recipe_of(job, "grpo")
    specs = with_codes(TypeAdapter(list[RewardSpec]).validate_python(list(rewards)), folder)
    spec = recipe.curriculum.domains["sorting"].model_copy(update={"rewards": specs, "metric": None})
    domains = {**recipe.curriculum.domains, "sorting": spec}
    made = replace(recipe, curriculum=recipe.curriculum.model_copy(update={"domains": domains}))
    return made, specs


@pytest.mark.slow
def test_the_folder_scores_where_stagewise_is_not_there(job, tmp_path):
    (tmp_path / "mine.py").write_text(CODE, "utf-8")
    recipe, specs = rewarded(job, tmp_path, *KINDS)
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    folder = shutil.move(tmp_path / "out", tmp_path / "moved")
    item = recipe.stages[0].drawn[0].example
    said = [item.answer, "1 2", "a fox saw a boat.", f"It is {item.answer}", ""]
    (scores,) = asked_alone(
        folder, {"completions": said, "domain": ["sorting"] * len(said), "item": [item.id] * len(said)}
    )
    mix = build_mix(specs, job.prepared.data["sorting"]["train"])
    assert scores == [mark.score for mark in mix(said, item)]
    assert len(set(scores)) > 3


@pytest.mark.slow
@needs_sandbox
def test_the_sandbox_travels_too(job, tmp_path):
    recipe, _ = rewarded(job, tmp_path, {"type": "code", "tests": "assert f(2) == 4"})
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    item = recipe.stages[0].drawn[0].example
    said = ["def f(x):\n    return x * x\n", "def f(x):\n    return 0\n"]
    asked = {"completions": said, "domain": ["sorting"] * 2, "item": [item.id] * 2}
    assert asked_alone(tmp_path / "out", asked) == [[1.0, 0.0]]


def test_nothing_in_the_folder_imports_ours(job, tmp_path):
    """Also not in the processes in which some rewards work."""
    recipe, _ = rewarded(job, tmp_path, {"type": "reward_model", "id": "me/judge"}, {"type": "exact"})
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    found = set()
    for file in (tmp_path / "out").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
            if isinstance(node, ast.Import):
                found |= {each.name.partition(".")[0] for each in node.names}
    assert PACKAGE in found
    assert {"torch", "transformers"} <= found
    assert not {"domains", "curricula", "scheduler", "experiments", "benchmarks", "tests"} & found


def test_the_readme_says_what_to_install(job, tmp_path):
    recipe, _ = rewarded(job, tmp_path, {"type": "numeric"}, {"type": "regex", "pattern": "x"})
    named = needed(recipe)
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert [one for one in named if "==" in one] == [
        f"{name}=={version(name)}" for name in ("latex2sympy2_extended", "math-verify", "sympy")
    ]
    assert [re.split("[<>]", one)[0] for one in named if "==" not in one] == ["pydantic", "regex"]
    assert "stagewise need not be installed" in readme
    assert all(name in readme for name in named)
    assert "The reward model scored with" not in readme


def test_the_trainers_own_packages_are_told_and_not_installed(job, tmp_path):
    """Another torch or transformers beside verl or axolotl is the clash for which our code is copied."""
    recipe, _ = rewarded(job, tmp_path, {"type": "reward_model", "id": "me/judge"})
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert [re.split("[<>=]", one)[0] for one in needed(recipe)] == ["pydantic", "regex"]
    assert not re.search(r"^pip install .*\b(torch|transformers)\b", readme, flags=re.MULTILINE)
    assert f"scored with torch {version('torch')} and transformers {version('transformers')}" in readme


def test_domains_that_are_not_trained_ask_for_nothing(job, tmp_path):
    recipe, (scorer, network) = rewarded(
        job, tmp_path, {"type": "scorer"}, {"type": "reward_model", "id": "me/judge", "weight": 0.5}
    )
    domains = dict(job.curriculum.domains)
    domains["stories"] = domains["stories"].model_copy(update={"rewards": (scorer, network)})
    recipe = replace(recipe, curriculum=recipe.curriculum.model_copy(update={"domains": domains}))
    assert recipe.reinforced == ("sorting",)
    assert not [one for one in needed(recipe) if one.startswith("reasoning-gym")]
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    assert [file.name for file in (tmp_path / "out" / "items").iterdir()] == ["sorting.jsonl"]
    assert "reward model scored" not in (tmp_path / "out" / "README.md").read_text("utf-8")
    assert not (tmp_path / "out" / PACKAGE / "reward_network.py").exists()


def test_the_scores_are_stagewises_own_group_by_group(job, tmp_path):
    recipe = recipe_of(job, "grpo", "grpo")
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    rewards = loaded(shutil.move(tmp_path / "out", tmp_path / "moved"))
    drawn = [each for one in recipe.stages for each in one.drawn][-12:]
    said = ["The fox saw a red boat at dawn.", "The fox saw a red boat at dawn.", "1 2", drawn[0].example.answer]
    asked = [(each, text) for each in drawn for text in said]
    scores = rewards.reward(
        completions=[text for _, text in asked],
        domain=[each.domain for each, _ in asked],
        item=[each.example.id for each, _ in asked],
    )
    data = job.prepared.data
    mixes = {name: build_mix(job.setup.domains[name].rewards, data[name]["train"]) for name in data}
    expected = [mark.score for each in drawn for mark in mixes[each.domain](said, each.example)]
    assert scores == expected
    assert len(set(scores)) > 2
    one = drawn[0]
    alone = rewards.compute_score(one.domain, said[3], one.example.reference, {"item": one.example.id})
    assert alone == mixes[one.domain]([said[3]], one.example)[0].score


@pytest.mark.slow
def test_messages_are_read_by_their_last_one(job, tmp_path):
    recipe = recipe_of(job, "grpo", chat=True)
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    item = recipe.stages[0].drawn[0].example
    said = [[{"role": "assistant", "content": item.answer}], [{"role": "assistant", "content": "no"}]]
    assert loaded(tmp_path / "out").reward(None, said, domain=["sorting"] * 2, item=[item.id] * 2) == [1.0, 0.0]


@pytest.mark.slow
def test_an_item_of_another_export_is_refused(job, tmp_path):
    write_recipe(recipe_of(job, "grpo"), job, TOOLS["trl"], tmp_path / "out", "")
    # The folder has a DataError of its own.
    with pytest.raises(Exception, match="sorting: is no item of the domain, got 'f00'") as caught:
        loaded(tmp_path / "out").reward(None, ["x"], domain=["sorting"], item=["f00"])
    assert type(caught.value).__name__ == "DataError"


@pytest.mark.slow
def test_a_users_function_travels_with_the_folder(job, tmp_path):
    (tmp_path / "mine.py").write_text(CODE, "utf-8")
    recipe, _ = rewarded(job, tmp_path, {"type": "function", "file": "mine.py", "name": "vowels"})
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    (tmp_path / "mine.py").unlink()
    folder = shutil.move(tmp_path / "out", tmp_path / "elsewhere")
    assert load_curriculum(folder / "curriculum.yaml").domains["sorting"].rewards[0].file == "code/sorting-1/mine.py"
    item = recipe.stages[0].drawn[0].example
    assert loaded(folder).reward(None, ["aeio", "xyzu"], domain=["sorting"] * 2, item=[item.id] * 2) == [1.0, 0.25]
