"""Whether a record in a folder is whole: a power cut may leave a file that is empty, cut at any length, or zeros."""

from __future__ import annotations

import json
import os

from experiments.store.files import Files

SEAL = "\n"
"""Ends a record: JSON on one line has no other, so that a record which ends with it was not cut."""


def sealed(record: str) -> str:
    """The text of a record's file; `record` is JSON on one line."""
    return record + SEAL


def put(files: Files, name: str, record: str) -> bool:
    """Create a record's file; whether it was this one. What a power cut left of another does not stand in its way."""
    text = sealed(record)
    if files.create(name, text):
        return True
    if files.whole(name):
        return False
    files.write(name, text, durable=True)
    return True


def is_whole(path: str) -> bool:
    """Whether there is such a file and it is whole. Raises OSError where that cannot be told.

    Its last byte says so, since a store of ten thousand records of 100 kB is listed by every command. Records of
    older versions end with their last brace, which may as well be in the middle of one: those are read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    with open(descriptor, "rb", buffering=0) as file:
        size = os.fstat(descriptor).st_size
        last = os.pread(descriptor, 1, size - 1) if size else b""
        return last == SEAL.encode() or (last == b"}" and _parses(file.read()))


def _parses(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
