"""Folders that `Dataset.save_to_disk` and `DatasetDict.save_to_disk` wrote, and tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from domains.errors import DataError
from domains.sources.formats import BATCH
from domains.sources.pool import Located, json_fields


def is_saved(folder: Path) -> bool:
    """Whether a folder holds one saved data set."""
    return (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file()


def is_saved_dict(folder: Path) -> bool:
    """Whether a folder holds saved data sets under the names of splits."""
    return (folder / "dataset_dict.json").is_file()


def saved_split(folder: Path, split: str) -> Path:
    """The folder of one split. DataError, without a key, for one that is not there."""
    if (folder / split / "state.json").is_file():
        return folder / split
    known = sorted(part.name for part in folder.iterdir() if is_saved(part))
    raise DataError(
        "the saved data set has no such split", file=str(folder), value=split, hint=f"Splits are: {', '.join(known)}."
    )


def read_saved(folder: Path, told: Callable[[float], None]) -> Iterator[Located]:
    """The rows of a saved data set. DataError where the library cannot read it."""
    from datasets import load_from_disk

    try:
        data = load_from_disk(str(folder))
    except Exception as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0] or type(error).__name__
        raise DataError(f"the saved data set cannot be read ({reason})", file=str(folder)) from None
    yield from rows_of(data, str(folder), told)


def rows_of(data: Any, name: str, told: Callable[[float], None]) -> Iterator[Located]:
    """The rows of a `datasets.Dataset`, by batches: values as they are stored, so that no image is ever decoded."""
    total, number = max(1, len(data)), 0
    for table in data.with_format("arrow").iter(batch_size=BATCH):
        for row in table.to_pylist():
            number += 1
            yield Located(json_fields(row), f"{name}: row {number}")
        told(number / total)
