"""Local JSON lines, CSV, Parquet and plain text."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class FileSource(Frozen):
    """A file of rows. Relative paths are relative to the curriculum; ``~`` and ``${VARS}`` are expanded."""

    type: Literal["file"]
    path: str = Field(min_length=1)
    """Training rows; also split for validation (and for test, where `test` is not given)."""
    test: str | None = None
    """A file of test rows of its own."""
    format: Literal["jsonl", "csv", "parquet", "text"] | None = None
    """Default: by the file's ending (.jsonl .json .csv .parquet .txt)."""
    chunk: int = Field(96, gt=1)
    """Plain text: characters a piece; cut into the template fields ``prompt`` (first half) and ``answer``."""
    pattern: dict[str, str] = {}
    """New fields cut out of others: name → ``field ~ regular expression with one group``, e.g. ``answer ~ ####\\s*(.+)``."""
