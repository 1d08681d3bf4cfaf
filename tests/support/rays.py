"""A local cluster of Ray that this process stays connected to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.executors.ray import RayExecutor
from experiments.store import Store
from tests.support.nodes import arithmetic, view_of
from tests.support.paths import ROOT


@contextmanager
def connected(folder: Path) -> Iterator[RayExecutor]:
    """Within, executors and commands find the process connected and leave it so; what made the connection."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.delenv("OMP_NUM_THREADS", raising=False)
        executor = RayExecutor(view_of(Store.open(str(folder))), Resources(), arithmetic)
        try:
            yield executor
        finally:
            executor.close()
