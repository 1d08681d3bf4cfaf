"""The disk, for which tests do not wait: what a killed process has written the system keeps, and only a machine that
loses its power forgets it. Those of the store, which ask what is on disk, do."""

from __future__ import annotations

import os

SYNC = os.fsync


def wait_for_none() -> None:
    """Let fsync do nothing in this process and in those that are copied from it."""
    os.fsync = _nothing


def _nothing(_: object) -> None:
    return None
