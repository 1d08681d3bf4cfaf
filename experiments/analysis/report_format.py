"""Whether a report.json or search.json from a disk has the form that this version reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def other_format(report: Mapping[str, Any], wanted: int, command: str) -> str | None:
    """In words, why this report cannot be read; None where it can. KeyError where it holds no format at all.

    `command` writes a report again from what is finished, without training anything.
    """
    found = report["format"]
    return None if found == wanted else f"format {found!r} where {wanted} is read: write it again with {command}"
