"""Reports that the benchmarks read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.analysis.report_format import other_format


def read_report(file: Path, wanted: int, command: str) -> dict[str, Any]:
    """report.json or search.json. Ends the program with one line where it is none, or one of another format."""
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        wrong = other_format(found, wanted, command)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{file}: cannot be read as a report ({error!r}).") from None
    if wrong:
        raise SystemExit(f"{file}: {wrong}.")
    return found
