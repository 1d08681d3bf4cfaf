"""Which weights a folder holds."""

from __future__ import annotations

import hashlib
from pathlib import Path


def weights_digest(folder: Path) -> str:
    """A hash of all safetensors files, names and contents: equal for the same weights, wherever they were trained."""
    return _digest(folder, "*.safetensors")


def whole_digest(folder: Path) -> str:
    """A hash of all files, names and contents."""
    return _digest(folder, "*")


def _digest(folder: Path, pattern: str) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for file in sorted(path for path in folder.rglob(pattern) if path.is_file()):
        whole.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "blake2b").digest())
    return whole.hexdigest()
