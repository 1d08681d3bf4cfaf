"""The disk, for which tests do not wait: what a killed process has written the system keeps, and only a machine that
loses its power forgets it. Those of the store, which ask what is on disk, do. What tests write lies in memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

SYNC = os.fsync
MEMORY, ROOM = Path("/dev/shm"), 2**32
"""Files in memory, and how many bytes must be free there: containers often have 64 MB, and Ray's objects lie there."""


def wait_for_none() -> None:
    """Let fsync do nothing in this process and in those that are copied from it."""
    os.fsync = _nothing


def write_to_memory() -> None:
    """Let `tmp_path` and `tempfile` lie in memory where there is room: some file systems take milliseconds to remove a
    folder, of which all tests together leave thousands. Other processes keep theirs, and so Ray what it logs."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        tempfile.tempdir = str(MEMORY)


def _nothing(_: object) -> None:
    return None
