"""Where a pretrained model is: the folder that a curriculum names, or the hub."""

from __future__ import annotations

import os
import re
from pathlib import Path

from curricula.schema import PretrainedModel
from domains.errors import DataError, ModelError
from domains.sources.paths import around, astray, beside, expand, filled
from experiments.models.sources.contents import GGUF_HINT

KEY = "model.id"
HUB_ID = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")
"""``name`` or ``owner/name``."""


def locate(model: PretrainedModel, base: Path) -> PretrainedModel:
    """`model` with its folder as an absolute path, valid for every worker; relative ones start at `base`.

    What names no folder is a hub id. Raises ModelError where a folder is meant and is not there (``owner/name`` means
    one where a folder ``owner`` stands at `base`), and where only the working directory has a model of that name:
    taking the hub's instead would be silent.
    """
    try:
        text, folder, hint = filled(model.id, KEY), expand(model.id, base, KEY), astray(model.id, base, KEY)
        found, file = folder.is_dir(), folder.is_file()
    except DataError as error:
        raise ModelError(error.rule, key=KEY, value=error.value, hint=error.hint) from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror}", key=KEY, value=model.id) from None
    if found:
        return model.model_copy(update={"id": str(folder.absolute())})
    if _names_folder(text, folder) or file or (hint and (Path(text) / "config.json").is_file()):
        raise _refused(model.id, text, folder, file, hint)
    return model.model_copy(update={"id": text})


def _names_folder(text: str, folder: Path) -> bool:
    """Whether a folder is meant: by its beginning, because no hub id looks so, or because there is a folder for it."""
    if text.startswith((".", "/", "~")) or not HUB_ID.fullmatch(text):
        return True
    return "/" in text and folder.parent.is_dir()


def _refused(written: str, text: str, folder: Path, file: bool, hint: str | None) -> ModelError:
    rule = "must be a folder that holds a model"
    if file:
        hint = GGUF_HINT if folder.suffix.lower() == ".gguf" else hint
        return ModelError(rule, key=KEY, value=written, hint=hint)
    place = Path(os.path.normpath(folder.absolute()))
    hint = hint or beside(place) or around(place)
    if HUB_ID.fullmatch(text) and "/" in text:
        hint = f"{hint or ''} If the hub's model is meant, move the folder {place.parent.name!r} elsewhere.".strip()
    return ModelError(f"{rule}, and there is no {place}", key=KEY, value=written, hint=hint)
