"""A worker that Ray kills for want of memory is named so, in a cluster of its own: what the kernel kills is in
test_ray_executor.py."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from experiments.store import Store
from tests.support.nodes import worker_environment

pytestmark = pytest.mark.slow

# Ray reads its settings when it is loaded, so that no process that has loaded it will do.
CALL = """
import json, sys
from curricula.schema import Resources
from experiments.executors.ray import RayExecutor
from experiments.store import Store, View
from tests.support.hungry import hungry
from tests.support.nodes import SETUP, ignore, tree_of
executor = RayExecutor(View(Store.open(sys.argv[1]), SETUP), Resources(retries=1), hungry)
print(json.dumps([failure.line for failure in executor.run(tree_of("waits"), ignore).failures.values()]))
executor.close()
"""


def test_a_worker_that_ray_kills_for_memory_is_named_so(tmp_path):
    """At a threshold that every machine is beyond."""
    settings = {"RAY_memory_usage_threshold": "0.01", "RAY_memory_monitor_refresh_ms": "250"}
    done = subprocess.run(
        [sys.executable, "-c", CALL, Store.open(str(tmp_path / "store")).url],
        env=worker_environment() | settings,
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    (cause,) = json.loads(done.stdout)
    assert cause.startswith("worker: out of memory: the machine's memory ran full and Ray killed the worker 2 times. ")
    assert "training.rollouts" in cause
