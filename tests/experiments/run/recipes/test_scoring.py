"""Rewards outside of stagewise's own training: the same scores, by group, wherever the folder lies."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import DataError
from domains.rewards import build_mix
from domains.rewards.function import FunctionReward, with_code
from experiments.run.recipes.write import TOOLS, write_recipe
from tests.support.recipes import job_in, recipe_of

CODE = """
def vowels(completion, reference, **_):
    return sum(letter in "aeiou" for letter in completion) / max(len(completion), 1)
"""


@pytest.fixture
def job(tmp_path):
    return job_in(tmp_path)


def loaded(folder: Path):
    spec = importlib.util.spec_from_file_location("rewards_of_a_folder", folder / "rewards.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def test_messages_are_read_by_their_last_one(job, tmp_path):
    recipe = recipe_of(job, "grpo", chat=True)
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    item = recipe.stages[0].drawn[0].example
    said = [[{"role": "assistant", "content": item.answer}], [{"role": "assistant", "content": "no"}]]
    assert loaded(tmp_path / "out").reward(None, said, domain=["sorting"] * 2, item=[item.id] * 2) == [1.0, 0.0]


def test_an_item_of_another_export_is_refused(job, tmp_path):
    write_recipe(recipe_of(job, "grpo"), job, TOOLS["trl"], tmp_path / "out", "")
    with pytest.raises(DataError, match="sorting: is no item of the domain, got 'f00'"):
        loaded(tmp_path / "out").reward(None, ["x"], domain=["sorting"], item=["f00"])


def test_a_users_function_travels_with_the_folder(job, tmp_path):
    (tmp_path / "mine.py").write_text(CODE, "utf-8")
    own = with_code(FunctionReward(type="function", file="mine.py", name="vowels"), tmp_path)
    recipe = recipe_of(job, "grpo")
    spec = recipe.curriculum.domains["sorting"].model_copy(update={"rewards": (own,), "metric": None})
    domains = {**recipe.curriculum.domains, "sorting": spec}
    object.__setattr__(recipe, "curriculum", recipe.curriculum.model_copy(update={"domains": domains}))
    write_recipe(recipe, job, TOOLS["trl"], tmp_path / "out", "")
    (tmp_path / "mine.py").unlink()
    folder = shutil.move(tmp_path / "out", tmp_path / "elsewhere")
    assert load_curriculum(folder / "curriculum.yaml").domains["sorting"].rewards[0].file == "code/sorting-1/mine.py"
    item = recipe.stages[0].drawn[0].example
    assert loaded(folder).reward(None, ["aeio", "xyzu"], domain=["sorting"] * 2, item=[item.id] * 2) == [1.0, 0.25]
