"""Paths that were typed on the command line start at the working directory, those in the file at its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from curricula.overrides import Overridden, Override, put
from curricula.problem import KeyPath, dotted, texts, value_at
from curricula.schema import Curriculum, PretrainedModel
from domains.errors import CurriculumError, DataError
from domains.sources import placed
from domains.sources.paths import expand


def place_typed(curriculum: Curriculum, given: Overridden, folder: Path) -> bool:
    """Make paths that overrides name absolute, in the document; whether any was.

    Which texts are paths is known by what becomes of them from a folder. `folder` is the file's. CurriculumError where
    only that has what is named: it would be taken in silence.
    """
    changed = False
    written = curriculum.model_dump(mode="json")
    for _, override in given.reach:
        here = _placed(curriculum, Path.cwd(), override).model_dump(mode="json")
        there = _placed(curriculum, folder.absolute(), override).model_dump(mode="json")
        for keys, text in _own_texts(override, given):
            if value_at(written, keys) != text:
                continue
            mine, other = value_at(here, keys), value_at(there, keys)
            _check_astray(override, keys, text, mine, other)
            if mine != text:
                put(given.document.data, keys, mine)
                changed = True
    return changed


def _own_texts(override: Override, given: Overridden) -> Iterator[tuple[KeyPath, str]]:
    """Texts of an override that no later one replaced."""
    for keys, text in texts(override.value, override.keys):
        if given.owner(keys) is override:
            yield keys, text


def _placed(curriculum: Curriculum, base: Path, override: Override) -> Curriculum:
    """The model and the domains that an override speaks of, with absolute paths in place of those that start at `base`.

    What is no path stays as it is written.
    """
    keys = override.keys
    try:
        model = _placed_model(curriculum, base) if keys[0] == "model" else curriculum.model
        domains = {
            name: spec.model_copy(update={"source": placed(spec.source, base)})
            if keys[0] == "domains" and keys[1:2] in ((), (name,))
            else spec
            for name, spec in curriculum.domains.items()
        }
    except DataError as error:
        raise CurriculumError(error.rule, file=override.place, value=error.value, hint=error.hint) from None
    return curriculum.model_copy(update={"model": model, "domains": domains})


def _placed_model(curriculum: Curriculum, base: Path) -> object:
    model = curriculum.model
    if not isinstance(model, PretrainedModel):
        return model
    placed = model.model_copy(update={"id": _placed_id(model.id, base, "model.id")})
    if model.adapter is None:
        return placed
    found = _placed_id(model.adapter.id, base, "model.adapter.id")
    return placed.model_copy(update={"adapter": model.adapter.model_copy(update={"id": found})})


def _placed_id(name: str, base: Path, key: str) -> str:
    """The absolute path of a folder; a hub id as it is."""
    folder = expand(name, base, key)
    # os.path, not Path: a name that no file can have is not there.
    return str(folder.absolute()) if name.startswith(".") or os.path.exists(folder) else name  # noqa: PTH110


def _check_astray(override: Override, keys: KeyPath, text: str, mine: object, other: object) -> None:
    found = isinstance(other, str) and other != text and Path(other).exists()
    if not found or (mine != text and Path(str(mine)).exists()):
        return
    place = os.path.relpath(str(other))
    raise CurriculumError(
        "there is nothing of this name in the working directory",
        file=override.place,
        key=None if keys == override.keys else dotted(keys),
        value=text,
        hint=f"Paths that are typed start there: write {place}.",
    )
