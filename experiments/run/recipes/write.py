"""A recipe as a folder: one configuration a stage, the data, the rewards, and how to run and read it all."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from curricula.dump import dump_yaml
from domains.errors import UserError
from experiments.run.job import Job
from experiments.run.recipes.axolotl import AXOLOTL
from experiments.run.recipes.carried import PACKAGE, brought, carried, needed, with_functions
from experiments.run.recipes.llama_factory import LLAMA_FACTORY
from experiments.run.recipes.recipe import Recipe
from experiments.run.recipes.tool import Tool
from experiments.run.recipes.trl import TRL
from experiments.run.recipes.unequal import unequal
from experiments.run.recipes.verl import VERL

TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in (TRL, AXOLOTL, LLAMA_FACTORY, VERL)}
"""As ``--to`` names them. To add one: write its file, and name it here and in `To` of experiments/cli/export.py, which
must not load this."""


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
    curriculum, functions = with_functions(recipe.curriculum)
    files |= {"curriculum.yaml": dump_yaml(curriculum), **functions}
    if "grpo" in methods:
        files |= carried(recipe, job, curriculum)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return f"{len(recipe.stages)} stage{'s' * (len(recipe.stages) != 1)} for {tool.title}"


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
        f"`rewards.py` scores by the rewards of `rewards.json` over the items in `items/`. Their code is in "
        f"`{PACKAGE}/`, so stagewise need not be installed, only Python 3.11 or newer; what the rewards ask "
        "(endpoints, a sandbox) has to be there too.",
        "",
        *([versions, ""] if (versions := brought(recipe)) else []),
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
            *([f"pip install {' '.join(map(shlex.quote, needed(recipe)))}"] if rewarded else []),
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
