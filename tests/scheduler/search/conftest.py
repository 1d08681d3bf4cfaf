"""What tests with studies share."""

from __future__ import annotations

import optuna
import pytest


@pytest.fixture(autouse=True)
def quiet() -> None:
    """No line for each trial."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
