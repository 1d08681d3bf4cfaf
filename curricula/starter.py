"""What `stagewise init` writes: a commented curriculum that runs, and the schema for editors beside it."""

from __future__ import annotations

import re
from pathlib import Path

from curricula.json_schema import SCHEMA_FILE
from domains.errors import CurriculumError

STARTER_FILE = Path(__file__).with_name("starter.yaml")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def starter(name: str) -> str:
    """The starter curriculum under `name`.

    Its first line points editors at `SCHEMA_FILE`'s name in the same folder. CurriculumError for a bad name.
    """
    if not NAME.fullmatch(name):
        raise CurriculumError(
            "must be at most 64 lower-case letters, digits, '-' and '_', and start with a letter or digit",
            key="name",
            value=name,
        )
    text = STARTER_FILE.read_text(encoding="utf-8")
    return text.replace("name: my-curriculum", f"name: {name}", 1)


def starter_files(name: str) -> dict[str, str]:
    """File name → text of all that `stagewise init NAME` writes: the curriculum and the schema beside it."""
    return {f"{name}.yaml": starter(name), SCHEMA_FILE.name: SCHEMA_FILE.read_text(encoding="utf-8")}
