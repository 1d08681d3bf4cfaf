"""What a tool is to an export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from experiments.run.recipes.recipe import Recipe, StageRecipe


@dataclass(frozen=True)
class Tool:
    """How one tool is told to train a recipe."""

    name: str
    """As ``--to`` names it."""
    title: str
    checked: str
    """Which check was made of what is written, and with which version."""
    install: str
    files: Callable[[Recipe], Mapping[str, str | bytes]]
    """Path in the folder → content. UserError where the tool cannot train the recipe."""
    commands: Callable[[Recipe, StageRecipe], list[str]]
    """What trains one stage, in order."""
    unequal: Callable[[Recipe], list[str]]
    """Sentences on what comes out otherwise with this tool."""
    rewards: bool
    """Whether it takes reward functions."""


def dumped(config: Mapping[str, Any]) -> str:
    """YAML in the order of the keys."""
    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True, width=110)
