"""Paths as a user writes them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from domains.errors import DataError

VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


def expand(text: str, base: Path, key: str) -> Path:
    """``~``, ``$VAR`` and ``${VAR}`` filled in, relative to `base`. DataError for an unset one."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in os.environ:
            raise DataError(f"environment variable {name} must be set", key=key, value=text)
        return os.environ[name]

    try:
        return base / Path(VARIABLE.sub(value, text)).expanduser()
    except RuntimeError:
        raise DataError("home folder must exist", key=key, value=text) from None
