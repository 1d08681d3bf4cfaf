"""Where things stand in a checkout, so that a test may move to another folder."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""Top of the checkout."""
SHARED = ROOT.parent / "shared"
"""Data for trials beside the checkout; tests that need them are skipped where they are not there."""
