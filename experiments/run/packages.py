"""Keys of a curriculum that need a package which is not installed with stagewise alone."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.schema import Curriculum, PretrainedModel
from domains.errors import CurriculumError
from domains.packages import EVERYWHERE, EXTRAS, install, is_missing, lacking
from domains.rewards import kind_of


def check_packages(curriculum: Curriculum) -> None:
    """Raise CurriculumError for the first key whose package is missing here. Nothing is imported."""
    for key, value, module, where in _needed(curriculum):
        if is_missing(module):
            raise CurriculumError(lacking(module), key=key, value=value, hint=install(module, where))


def _needed(curriculum: Curriculum) -> Iterator[tuple[str, str, str, str]]:
    """Key, value, module, and where it is imported."""
    model = curriculum.model
    if isinstance(model, PretrainedModel) and model.dtype == "nf4":
        yield "model.dtype", "nf4", "bitsandbytes", EVERYWHERE
    for name, spec in curriculum.domains.items():
        for at, reward in enumerate(spec.rewards):
            for package in set(kind_of(reward).packages) & set(EXTRAS):
                yield f"domains.{name}.rewards[{at}].type", reward.type, package, EVERYWHERE
    if (who := curriculum.evaluation.paraphraser) is not None:
        yield "evaluation.paraphraser.model", who.model, "openai", EVERYWHERE
    for at, name in enumerate(curriculum.resources.tracking):
        yield f"resources.tracking[{at}]", name, name, "here"
