"""A recipe as a folder: one configuration a stage, the data, the rewards, and how to run and read it all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from curricula.dump import dump_yaml
from curricula.schema import Curriculum
from domains.errors import UserError
from domains.rewards.function import FunctionReward
from experiments.run.job import Job
from experiments.run.recipes.axolotl import AXOLOTL
from experiments.run.recipes.llama_factory import LLAMA_FACTORY
from experiments.run.recipes.recipe import Recipe
from experiments.run.recipes.tool import Tool
from experiments.run.recipes.trl import TRL
from experiments.run.recipes.unequal import unequal
from experiments.run.recipes.verl import VERL

ToolName = Literal["trl", "axolotl", "llama-factory", "verl"]
TOOLS: Mapping[ToolName, Tool] = {"trl": TRL, "axolotl": AXOLOTL, "llama-factory": LLAMA_FACTORY, "verl": VERL}
"""To add a tool: write its file and name it here and in `ToolName`."""
REWARDS = '''"""The domains' rewards as functions for other trainers. Needs stagewise, and the folder it lies in."""

from experiments.run.recipes.scoring import Scorer

SCORER = Scorer.beside(__file__)


def reward(prompts=None, completions=(), *, domain=(), item=(), **_):
    """For TRL and axolotl: one score in [0, 1] for each completion."""
    return SCORER.trl(completions, domain, item)


def rows(cfg, *args, **kwargs):
    """For axolotl: its rows are as the rewards need them."""
    return lambda example, tokenizer=None: example


def compute_score(data_source, solution_str, ground_truth=None, extra_info=None, **_):
    """For verl: the score of one completion in [0, 1]."""
    return SCORER.verl(data_source, extra_info["item"], solution_str)
'''


def write_recipe(recipe: Recipe, job: Job, tool: Tool, folder: Path, command: str) -> str:
    """Write everything but the base model into `folder`; says what it is. UserError where the tool cannot train it."""
    methods = [one.stage.training.method for one in recipe.stages]
    if "grpo" in methods and not tool.rewards:
        raise UserError(
            f"cannot train stage {methods.index('grpo') + 1}, which is by GRPO: {tool.title} takes no reward functions",
            key="--to",
            value=tool.name,
            hint="See --to trl and --to verl.",
        )
    files: dict[str, str | bytes] = {
        **tool.files(recipe),
        "run.sh": _script(recipe, tool),
        "README.md": _readme(recipe, tool, command, "grpo" in methods),
    }
    if "grpo" in methods:
        files["rewards.py"] = REWARDS
        for name in recipe.domains:
            items = job.prepared.data[name]["train"]
            files[f"items/{name}.jsonl"] = "".join(item.model_dump_json() + "\n" for item in items)
    curriculum, code = _with_code(recipe.curriculum)
    files |= {"curriculum.yaml": dump_yaml(curriculum), **code}
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return f"{len(recipe.stages)} stage{'s' * (len(recipe.stages) != 1)} for {tool.title}"


def _with_code(curriculum: Curriculum) -> tuple[Curriculum, dict[str, str]]:
    """The curriculum with users' reward functions read from beside it, and their files."""
    files: dict[str, str] = {}
    domains = {}
    for name, spec in curriculum.domains.items():
        rewards = list(spec.rewards)
        for at, reward in enumerate(rewards):
            if isinstance(reward, FunctionReward) and reward.texts:
                place = f"code/{name}-{at + 1}"
                files |= {f"{place}/{file}": text for file, text in reward.texts.items()}
                rewards[at] = reward.model_copy(update={"file": f"{place}/{Path(reward.file).name}"})
        domains[name] = spec.model_copy(update={"rewards": tuple(rewards)})
    return curriculum.model_copy(update={"domains": domains}), files


def _script(recipe: Recipe, tool: Tool) -> str:
    """All stages in order; stops at the first that fails."""
    lines = ["#!/bin/sh", "set -e", 'cd "$(dirname "$0")"', 'export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"']
    for one in recipe.stages:
        lines += ["", f"# {one.number}: {one.stage.label}", *tool.commands(recipe, one)]
    return "\n".join(lines) + "\n"


def _readme(recipe: Recipe, tool: Tool, command: str, rewarded: bool) -> str:
    rows = [
        f"| {one.number} | {_mixture(one.stage.mixture)} | {one.stage.training.method} | {one.stage.training.steps:,} "
        f"| {one.stage.training.completions:,} | {one.stage.training.learning_rate:g} |"
        for one in recipe.stages
    ]
    start = recipe.base if recipe.named else f"`{recipe.base}/`, the run's base model, which lies beside this file"
    rewards = [
        "`rewards.py` calls the rewards of `curriculum.yaml` over the items in `items/`, so stagewise has to be "
        "installed where training runs, and what the rewards ask (endpoints, a sandbox) has to be there too.",
        "",
    ]
    return "\n".join(
        [
            f"# {recipe.curriculum.name}: {recipe.arm}, seed {recipe.seed}, for {tool.title}",
            "",
            f"The schedule of the arm `{recipe.arm}` of the run `{recipe.run}`, one configuration a stage. It starts "
            f"from {start}; every later stage starts from what the one before left in `out/`.",
            "",
            "| stage | domains | method | steps | completions or examples a step | peak learning rate |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "## How to run it",
            "",
            "```",
            tool.install,
            "sh run.sh",
            "```",
            "",
            *(rewards if rewarded else []),
            f"What was checked: {tool.checked}. These very files were not run.",
            "",
            "## What is not equal",
            "",
            *(f"- {one}" for one in (*unequal(recipe), *tool.unequal(recipe))),
            "",
            "Written by:",
            "",
            "```",
            command,
            "```",
            "",
        ]
    )


def _mixture(mixture: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.3g} %" for name, share in mixture.items())
