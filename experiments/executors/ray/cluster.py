"""Connecting to Ray: a local cluster of this process, or one at an address."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import ray

from curricula.schema import Resources
from domains.errors import ClusterError
from experiments.executors.cpus import own_cpus
from experiments.executors.ray.own_code import job_config

ANSWER_SECONDS = 15.0
"""How long a cluster may take to answer. Ray itself waits two minutes and then ends the process."""

LOCAL: Mapping[str, Any] = {"include_dashboard": False, "object_store_memory": 100 * 2**20}
"""Of a cluster of this process. Results go through the store, so Ray's shared memory is kept near its minimum."""

STARTS, LATE = 3, "timed out during startup"
"""How often Ray is started here where it is late, which Ray itself calls a failure after 30 s: on a busy machine it may
be."""

HEAP = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(512 * 2**20)}
"""Workers keep up to 512 MiB of freed memory, and ask the system only for blocks of 32 MiB (glibc's limit) and more.

By default glibc gives tensors back while a step runs and fetches them again page by page: up to a tenth of the step of
a small model, by chance of how a process's memory lies. Both are set, since setting one fixes the other at its default.
"""


class Connection:
    """A connection to Ray: a local cluster of this process, one at an address, or one that was there before.

    Raises ClusterError if the address does not answer or no node has what one stage asks for.
    """

    def __init__(self, resources: Resources, address: str | None) -> None:
        self.mine = not ray.is_initialized()
        """Whether this object made the connection, and so ends it."""
        if self.mine and address is None:
            _check_fits(resources, [{"CPU": float(own_cpus())}], gpus_known=False)
            _start(resources, None)
        elif self.mine and address is not None:
            _check_answers(address)
            _start(resources, address)
        try:
            _check_fits(resources, nodes(), gpus_known=True)
        except ClusterError:
            self.close()
            raise

    @property
    def gpus(self) -> float:
        """GPUs of all live nodes, used or not."""
        return sum(node.get("GPU", 0) for node in nodes())

    def close(self) -> None:
        """Shut down a local cluster, or let go of a remote one, if this object made the connection."""
        if self.mine:
            ray.shutdown()
        self.mine = False

    def __enter__(self) -> Self:
        """Closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `close`."""
        self.close()


def nodes() -> list[dict[str, float]]:
    """Resources of each live node."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def slots(resources: Resources) -> int:
    """How many stages fit on the cluster at once; at least 1, since a node may come back."""
    return max(1, sum(_fit(resources, node) for node in nodes()))


def _fit(resources: Resources, node: dict[str, float]) -> int:
    by_cpu = int(node.get("CPU", 0) // resources.all_cpus)
    return min(by_cpu, int(node.get("GPU", 0) // resources.gpus)) if resources.gpus else by_cpu


def _check_fits(resources: Resources, found: list[dict[str, float]], *, gpus_known: bool) -> None:
    wanted: list[tuple[str, str, float]] = [("cpus", "CPU", resources.all_cpus)]
    if gpus_known:
        wanted.append(("gpus", "GPU", resources.gpus))
    for key, name, value in wanted:
        largest = max((node.get(name, 0) for node in found), default=0)
        if value > largest:
            raise ClusterError(
                f"a stage asks for more {name}s than any node has",
                key=f"resources.{key}",
                value=value,
                hint=f"The largest node has {largest:g}." + " A stage never spans nodes." * (resources.ranks > 1),
            )
    if gpus_known and not any(_fit(resources, node) for node in found):
        raise ClusterError(
            "no single node has the CPUs and the GPUs that a stage asks for",
            key="resources",
            value=resources.model_dump(exclude={"retries"}),
        )


def _start(resources: Resources, address: str | None) -> None:
    threads = str(resources.cpus)
    # What the user says about memory holds.
    heap = {name: os.environ.get(name, value) for name, value in HEAP.items()}
    settings = {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads, **heap}
    # Ray's client (ray://) sends no working directory, and the configuration as a pickle, for which it needs our code.
    ours = {} if address and address.startswith("ray://") else {"job_config": job_config()}
    for left in reversed(range(1 if address else STARTS)):
        try:
            if address:
                _init(address, runtime_env={"env_vars": settings}, **ours)
            else:
                with _environment(settings):
                    _init("local", **LOCAL, num_cpus=own_cpus(), **ours)
            return
        except Exception as error:
            if left and LATE in str(error):
                ray.shutdown()
                continue
            where = "the Ray cluster cannot be used" if address else "Ray does not start on this machine"
            first = str(error).strip().split("\n")[0]
            raise ClusterError(f"{where}: {first}", key="address", value=address) from error


def _init(address: str, **settings: Any) -> None:
    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **settings)


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """What Ray's own processes inherit, and so its workers.

    As a runtime environment it would keep a task from the workers that Ray starts beforehand, and each of them would
    be started anew.
    """
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _check_answers(address: str) -> None:
    """Refuse an address that no Ray answers at, within seconds."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    hint = "Start one with `ray start --head`, or use this machine: --address local."
    if address.startswith(("http://", "https://")):
        rule = "this is a dashboard, which takes jobs by `ray job submit`"
        raise ClusterError(rule, key="address", value=address, hint="Give <host>:6379 or ray://<host>:10001.")
    if address != "auto":
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except (OSError, ValueError) as error:
            raise ClusterError("no Ray cluster answers", key="address", value=address, hint=hint) from error
    # In a process of its own, because a silent peer makes ray.init end the process that calls it.
    script = "import ray, sys; ray.init(address=sys.argv[1], log_to_driver=False)"
    try:
        subprocess.run(
            [sys.executable, "-P", "-c", script, address],
            timeout=ANSWER_SECONDS,
            check=True,
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired as error:
        rule = f"no Ray cluster answers within {ANSWER_SECONDS:g} s"
        raise ClusterError(rule, key="address", value=address, hint=hint) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().rpartition("\n")[2].rstrip(".")
        raise ClusterError(f"no Ray cluster answers ({said})", key="address", value=address, hint=hint) from error
