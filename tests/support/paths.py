"""Where things stand in a checkout, so that a test may move to another folder; and what processes inherit."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""Top of the checkout."""
SHARED = ROOT.parent / "shared"
"""Data for trials beside the checkout; tests that need them are skipped where they are not there."""


def inherited() -> dict[str, str]:
    """This process's environment, without what Ray leaves in it once it has started here: servers of another Ray would
    then want a token, and a fork of what had read the variables before would have none."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH_")}
