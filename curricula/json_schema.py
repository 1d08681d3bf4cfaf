"""The JSON Schema of a curriculum, for editors: completion, descriptions and red underlines.

``python -m curricula.json_schema`` writes it anew to curricula/curriculum.schema.json, or to the file that is
named after it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from curricula.schema import Curriculum

SCHEMA_FILE = Path(__file__).with_name("curriculum.schema.json")


def curriculum_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) made from `Curriculum` and its docstrings."""
    made = Curriculum.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "stagewise curriculum",
    }


def schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(curriculum_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1] if sys.argv[1:] else SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
