"""Recipes of the smallest curriculum, as text for its own model and as chat for one that is only named."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from curricula.schema import Lora, PretrainedModel
from curricula.stage import Method, Schedule, Stage
from experiments.run.job import Job, job_at
from experiments.run.recipes.carried import PACKAGE
from experiments.run.recipes.recipe import Recipe, make_recipe
from experiments.store import Store
from tests.support.tiny import tiny

LORA = Lora(rank=4, alpha=8.0, rslora=True, modules_to_save=("lm_head",))


def job_in(folder: Path) -> Job:
    return job_at(tiny(), Store.open(str(folder / "store")))


def schedule(job: Job, *methods: Method, **training: Any) -> Schedule:
    """A stage a method: sorting, then both domains."""
    mixtures = ({"sorting": 1.0}, {"sorting": 0.75, "stories": 0.25}, {"stories": 1.0})
    stages = tuple(
        Stage(mixture=mixture, training=job.curriculum.training.model_copy(update={"method": method, **training}))
        for method, mixture in zip(methods, mixtures, strict=False)
    )
    return Schedule(name="plan", role="main", stages=stages, composition="explicit")


def recipe_of(job: Job, *methods: Method, chat: bool = False, lora: Lora | None = None, **training: Any) -> Recipe:
    """`chat` or `lora`: of a model of the hub."""
    recipe = make_recipe(job, schedule(job, *methods, **training), 1, chat=chat)
    if not chat and not lora:
        return recipe
    model = PretrainedModel(type="pretrained", id="some/model", revision="abc", lora=lora)
    return replace(recipe, curriculum=job.curriculum.model_copy(update={"model": model}), named=True)


def forget_copies() -> None:
    """There are many copies of the rewards' code, one an exported folder: the next import finds its own."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.path[:] = [place for place in sys.path if not (Path(place) / PACKAGE).is_dir()]
