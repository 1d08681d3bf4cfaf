"""The only package that knows Ray.

On a cluster of several machines, stagewise must be installed on each at the same version: functions are
sent by name, never as code. The store must then be one that all machines see.
"""

import os

SETTINGS = {
    # No question and no message about usage statistics.
    "RAY_USAGE_STATS_ENABLED": "0",
    # Ray starts workers at nice 15, where anything else busy on the machine starves them.
    "RAY_worker_niceness": "0",
    # Under `uv run` Ray would upload the working directory, runs and all, to every worker.
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    # Ray prints each worker's death to standard output, where --json writes; we report it ourselves.
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",
    # The behaviour to come, without the FutureWarning: a task without GPUs leaves CUDA_VISIBLE_DEVICES alone.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Read by Ray when it is imported, hence set before that."""

for _name, _value in SETTINGS.items():
    os.environ.setdefault(_name, _value)

from experiments.executors.ray.cluster import Connection  # noqa: E402
from experiments.executors.ray.executor import RayExecutor  # noqa: E402

__all__ = ["Connection", "RayExecutor"]
