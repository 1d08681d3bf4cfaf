"""Where things stand in a checkout, so that a test may move to another folder; and what processes are not told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""Top of the checkout."""
SHARED = ROOT.parent / "shared"
"""Data for trials beside the checkout; tests that need them are skipped where they are not there."""


def untold(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what Ray leaves in it once it has started here: servers of another Ray would then want a
    token, and a fork of what had read the variables before would have none."""
    return {name: value for name, value in environment.items() if not name.startswith("RAY_AUTH_")}
