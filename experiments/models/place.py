"""Where a pretrained model is: the folder that a curriculum names, or the hub."""

from __future__ import annotations

from pathlib import Path

from curricula.schema import PretrainedModel
from domains.errors import DataError, ModelError
from domains.sources.paths import astray, expand, filled
from experiments.models.contents import GGUF_HINT

KEY = "model.id"


def locate(model: PretrainedModel, base: Path) -> PretrainedModel:
    """`model` with its folder as an absolute path, valid for every worker; relative ones start at `base`.

    What names no folder is a hub id. Raises ModelError where a path holds none, and where only the working directory
    has a model of that name: taking the hub's instead would be silent.
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
    if text.startswith((".", "/", "~")) or file or (hint and (Path(text) / "config.json").is_file()):
        hint = GGUF_HINT if file and folder.suffix.lower() == ".gguf" else hint or _looked_for(text, folder)
        raise ModelError("must be a folder that holds a model", key=KEY, value=model.id, hint=hint)
    return model.model_copy(update={"id": text})


def _looked_for(text: str, folder: Path) -> str:
    if Path(text).is_absolute():
        return "Check the path."
    return f"Relative paths start at the curriculum's folder: {folder.absolute()} was looked for."
