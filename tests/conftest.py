"""Settings for all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.support.commands import TINY, stagewise

# Time is measured in benchmarks/: on a busy machine a deadline fails tests of correct code. Examples are the same on
# every machine, so that a red run says that the code changed; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("stagewise", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "stagewise"))

# A shell without job control starts background commands deaf to Ctrl-C, and so would be every process started here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run of tiny.yaml on Ray: trained once for the whole run of pytest, never changed.

    Tests that go on from it take a copy (`begun`).
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    store, done = shared / "tiny-store", shared / "tiny-store.done"
    with FileLock(shared / "tiny-store.lock"):
        if not done.exists():
            ended = stagewise("run", TINY, "--store", store)
            assert ended.returncode == 0, ended.stdout + ended.stderr
            done.touch()
    return store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, "whole" not in item.path.parts))
