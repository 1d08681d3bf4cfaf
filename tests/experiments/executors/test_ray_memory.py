"""Workers that die for want of memory are named so. Real kills."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from experiments.store import Store
from tests.support.hungry import can_limit, tidy
from tests.support.nodes import worker_environment

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path):
    return Store.open(str(tmp_path / "store"))


def causes_of(store, orders, **environment):
    """Causes of what failed, of a driver in a process and with a cluster of its own."""
    call = f"""
import json
from curricula.schema import Resources
from experiments.executors.ray import RayExecutor
from experiments.store import Store, View
from tests.support.hungry import hungry
from tests.support.nodes import SETUP, ignore, tree_of
executor = RayExecutor(View(Store.open({store.url!r}), SETUP), Resources(retries=1), hungry)
print(json.dumps(sorted(failure.line for failure in executor.run(tree_of({orders!r}), ignore).failures.values())))
executor.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", call],
        env={**worker_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_worker_that_ray_kills_for_memory_is_named_so(store):
    """At a threshold that every machine is beyond."""
    settings = {"RAY_memory_usage_threshold": "0.01", "RAY_memory_monitor_refresh_ms": "50"}
    (cause,) = causes_of(store, "waits", **settings)
    assert cause.startswith("worker: out of memory: the machine's memory ran full and Ray killed the worker 2 times. ")
    assert "training.rollouts" in cause


def test_a_worker_that_the_kernel_kills_for_memory_is_named_so(store):
    if not can_limit():
        pytest.skip("needs to limit the memory of a process")
    try:
        (cause,) = causes_of(store, "grows")
    finally:
        tidy()
    assert cause.startswith("worker: the worker died 2 times, most likely out of memory: the kernel killed 2 processes")
