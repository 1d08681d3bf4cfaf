"""Prepared data that are kept, so that the next command need not prepare them again.

An entry is named by everything that its content follows from: the files' own content, what the curriculum says of the
domain's data, sizes, seed, the code of this package and the versions of the libraries that it reads with. It is
written beside its place and renamed into it, never changed, and its hashes are checked whenever it is read. So it is
there whole or not at all, and what cannot be read or written is as good as absent.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest, sha256
from importlib.metadata import version
from mmap import ACCESS_READ, mmap
from pathlib import Path

from pydantic import ValidationError

from domains.example import SPLITS, Split
from domains.examples import Examples, lines_of, version_of
from domains.frozen import Frozen, fingerprint
from domains.preparation.crossings import Twins
from domains.preparation.found import Found

LEAST = 4_000_000
"""Bytes of data files below which nothing is kept: preparing them takes a second."""
MOST = 20_000_000_000
"""Bytes in one place, above which the entries that were not used for longest are removed."""
LIBRARIES = ("datasets", "pyarrow", "pydantic", "rapidfuzz", "regex")
INDEX = "index.json"
BLOCK = 1 << 20


class _Index(Frozen):
    """What an entry holds."""

    notes: tuple[str, ...]
    versions: dict[Split, str]
    hashes: dict[str, str]
    """File → SHA-256 (hex)."""


@dataclass(frozen=True)
class Cache:
    """Places where entries are looked for; new ones are put into the first."""

    places: tuple[Path, ...]
    least: int = LEAST

    def load(self, key: str) -> Found | None:
        """The entry of that name, where there is one that is whole."""
        for place in self.places:
            with suppress(OSError, ValueError, ValidationError):
                return _read(place / key)
        return None

    def keep(self, key: str, found: Found) -> Found:
        """Write `found`; return the cached copy, which is smaller in memory, or `found` itself if caching failed."""
        if not self.places:
            return found
        with suppress(OSError, ValueError):
            _write(self.places[0], key, found)
            _trim(self.places[0], key)
        return self.load(key) or found


def name_of(content: object, files: Sequence[Path]) -> str:
    """The name of an entry: `content` and what the files hold, by their absolute paths. OSError for a missing file."""
    hashes = [[str(file.absolute()), _hash_of(file)] for file in files]
    return fingerprint([content, hashes, _code(), [version(name) for name in LIBRARIES], sys.version])


@cache
def _code() -> str:
    """Hash of this package's code."""
    folder = Path(__file__).parents[1]
    return fingerprint([[str(file.relative_to(folder)), _hash_of(file)] for file in sorted(folder.rglob("*.py"))])


def _hash_of(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _read(folder: Path) -> Found:
    """ValueError, ValidationError or OSError where it is not there or not whole."""
    signature, _, text = (folder / INDEX).read_text().partition("\n")
    if signature != sha256(text.encode()).hexdigest():
        raise ValueError("the index is not what was written")
    index = _Index.model_validate_json(text)
    splits: dict[Split, Examples] = {}
    twins: dict[Split, Twins] = {}
    for split in SPLITS:
        examples, hashes = _names(split)
        found, ends = _scan(folder / examples)
        keys = (folder / hashes).read_bytes()
        if (found, sha256(keys).hexdigest()) != (index.hashes[examples], index.hashes[hashes]):
            raise ValueError(f"{split} is not what was written")
        with (folder / examples).open("rb") as stream:
            splits[split] = Examples.read(mmap(stream.fileno(), 0, access=ACCESS_READ), ends, index.versions[split])
        twins[split] = Twins(keys)
    # It was used now.
    with suppress(OSError):
        os.utime(folder)
    return Found(dict(splits), twins, index.notes)


def _scan(file: Path) -> tuple[str, array[int]]:
    """A file's SHA-256 and where its lines end, block by block: mapped, all of it would count as memory."""
    found, ends, start = sha256(), array("Q"), 0
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
            at = block.find(b"\n")
            while at >= 0:
                ends.append(start + at)
                at = block.find(b"\n", at + 1)
            start += len(block)
    return found.hexdigest(), ends


def _names(split: Split) -> tuple[str, str]:
    return f"{split}.jsonl", f"{split}.twins"


def _write(place: Path, key: str, found: Found) -> None:
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=place, prefix=".new-"))
    try:
        for split in SPLITS:
            examples, hashes = _names(split)
            with (folder / examples).open("wb") as stream:
                stream.writelines(line + b"\n" for line in lines_of(found.splits[split]))
            (folder / hashes).write_bytes(found.twins[split].hashes)
        names = [name for split in SPLITS for name in _names(split)]
        index = _Index(
            notes=found.notes,
            versions={split: version_of(found.splits[split]) for split in SPLITS},
            hashes={name: _hash_of(folder / name) for name in names},
        )
        text = index.model_dump_json()
        (folder / INDEX).write_text(f"{sha256(text.encode()).hexdigest()}\n{text}")
        if (place / key).exists():
            # Somebody else was first, or it is broken.
            shutil.rmtree(place / key, ignore_errors=True)
        folder.rename(place / key)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _trim(place: Path, keep: str) -> None:
    """Remove the entries that were not used for longest, and what a killed writer left."""
    entries = sorted((entry for entry in place.iterdir() if entry.is_dir()), key=lambda entry: -entry.stat().st_mtime)
    total = 0
    for entry in entries:
        total += sum(file.stat().st_size for file in entry.iterdir())
        if total > MOST and entry.name != keep:
            shutil.rmtree(entry, ignore_errors=True)
