"""Paths as a user writes them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import islice
from pathlib import Path

from domains.errors import DataError
from domains.suggest import if_near

MOST = 10_000
"""Names in a folder among which a near one is looked for."""
SHOWN = 8
"""Names that a hint lists."""
VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


def filled(text: str, key: str) -> str:
    """``$VAR`` and ``${VAR}`` filled in. DataError for an unset one."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in os.environ:
            raise DataError(f"environment variable {name} must be set", key=key, value=text)
        return os.environ[name]

    return VARIABLE.sub(value, text)


def expand(text: str, base: Path, key: str) -> Path:
    """Variables (see `filled`) and ``~`` filled in, relative to `base`. DataError where that cannot be."""
    path = filled(text, key)
    try:
        return base / Path(path).expanduser()
    except RuntimeError:
        raise DataError("home folder must exist", key=key, value=text) from None


def astray(text: str, base: Path, key: str) -> str | None:
    """A hint where `text` names nothing from `base`, but something from the working directory."""
    here, there = expand(text, Path(), key), expand(text, base, key)
    # os.path, not Path: a name that no file can have is not there.
    if os.path.exists(there) or not os.path.exists(here):  # noqa: PTH110
        return None
    place = os.path.relpath(here.absolute(), base.absolute())
    return f"There is one in the working directory, but paths start at the curriculum's folder: write {place}."


def beside(path: Path) -> str | None:
    """A hint where `path` is not there, but something of nearly this name; a missing folder is named first."""
    lost = _first_lost(path)
    if lost != path and is_there(lost.parent / path.name):
        return f"There is no folder {lost.name!r}. Did you mean {path.name!r}?"
    hint = if_near(lost.name, _names(lost.parent))
    return hint if hint is None or lost == path else f"There is no folder {lost.name!r}. {hint}"


def around(path: Path) -> str | None:
    """A hint where `path` is not there and nothing is near it: what its folder holds, or that there is none."""
    lost = _first_lost(path)
    if lost != path:
        return f"There is no folder {str(lost)!r}."
    names = sorted(_names(lost.parent))
    listed = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    return f"The folder holds {listed}." if names else "The folder is empty."


def _first_lost(path: Path) -> Path:
    """The first part of a path that is not there."""
    return next((part for part in reversed(path.parents) if not is_there(part)), path)


def _names(folder: Path) -> list[str]:
    """What is in a folder, without what is hidden; nothing where it cannot be read."""
    with suppress(OSError, ValueError):
        return [found.name for found in islice(folder.iterdir(), MOST) if not found.name.startswith(".")]
    return []


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; a name that no file can have is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
