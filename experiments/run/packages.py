"""Keys of a curriculum that need a package which is not installed with stagewise."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from curricula.schema import Curriculum, PretrainedModel
from domains.errors import CurriculumError


def check_packages(curriculum: Curriculum) -> None:
    """Raise CurriculumError for the first key whose package is missing here. Nothing is imported."""
    for key, value, package, where in _needed(curriculum):
        if find_spec(package) is None:
            hint = f"Install it {where}: pip install {package}."
            raise CurriculumError(
                f"needs the package {package}, which is not installed", key=key, value=value, hint=hint
            )


def _needed(curriculum: Curriculum) -> Iterator[tuple[str, str, str, str]]:
    """Key, value, package, and where it is imported."""
    model = curriculum.model
    if isinstance(model, PretrainedModel) and model.dtype == "nf4":
        yield "model.dtype", "nf4", "bitsandbytes", "here and on every worker"
    for at, name in enumerate(curriculum.resources.tracking):
        yield f"resources.tracking[{at}]", name, name, "here"
