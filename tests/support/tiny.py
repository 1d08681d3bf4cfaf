"""The smallest curriculum that learns something, with its data: read, split and checked once for all tests."""

from __future__ import annotations

from functools import cache

from curricula.loader import load_curriculum
from experiments.run.job import Prepared, prepare_data
from tests.support.commands import TINY


@cache
def tiny() -> Prepared:
    """Frozen, so that tests can share it."""
    return prepare_data(load_curriculum(TINY), TINY)
