"""Data sets of the Hugging Face hub (or any folder that `datasets.load_dataset` reads)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class HubSource(Frozen):
    """A data set by hub id. Template fields: its columns. Remote code is never run."""

    type: Literal["hub"]
    id: str = Field(min_length=1)
    config: str | None = None
    revision: str | None = None
    """Pin it for a run that can be repeated."""
    train: str = "train"
    """The hub split to train on; also split for validation."""
    test: str | None = None
    """The hub split for test; default: cut from `train`."""
    pattern: dict[str, str] = {}
    """As for files: name → ``field ~ regular expression with one group``."""
