"""What tests of runs over cheap nodes share."""

from __future__ import annotations

import pytest

from experiments.run import reporting


@pytest.fixture
def no_completions(monkeypatch: pytest.MonkeyPatch) -> None:
    """For jobs without data: nothing that was said can be shown beside its item."""
    monkeypatch.setattr(reporting, "completions", lambda *_: {})
