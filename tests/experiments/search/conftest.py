"""What tests of searches share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where a store may be; there is none yet."""
    return str(tmp_path / "store")
