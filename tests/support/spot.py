"""A Ray cluster of two nodes beside its head, of which one may be lost, and a stage that waits there to be lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curricula.schema import Resources
from experiments.executors.base import Work
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, StageTree
from experiments.store import Store
from tests.support.nodes import ignore, view_of, wait_for, worker_environment

STEPS = "steps.log"
"""In the store's folder: a line for each step, with the Ray node that took it."""
CLUSTER = """
import sys
import experiments.executors.ray
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
nodes = {node.node_id: node for node in [cluster.add_node(num_cpus=1) for _ in range(2)]}
cluster.wait_for_nodes()
print(cluster.address, flush=True)
for line in sys.stdin:
    cluster.remove_node(nodes[line.strip()], allow_graceful=False)
    print("gone", flush=True)
cluster.shutdown()
"""


@dataclass(frozen=True)
class TwoNodes:
    """One CPU each; the head has none."""

    address: str
    _process: subprocess.Popen[str]

    def lose(self, node: str) -> None:
        """End a node, by its id, at once and with all that runs there."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{node}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "gone\n"


@contextmanager
def two_nodes() -> Iterator[TwoNodes]:
    """A cluster in a process of its own."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", CLUSTER]
    with subprocess.Popen(command, env=worker_environment(), stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin and process.stdout
        try:
            yield TwoNodes(process.stdout.readline().strip(), process)
        finally:
            process.stdin.close()
            process.wait(30)


def steps(store: Store) -> list[tuple[int, str]]:
    """Each step that was taken, with its Ray node, in order."""
    file = Path(store.url, STEPS)
    lines = file.read_text("ascii").splitlines() if file.exists() else []
    return [(int(step), node) for step, node in map(str.split, lines)]


def waits_at_step_5_once(work: Work) -> None:
    """A real `run_node` that notes its steps; the first time it stays in mid-stage for ever."""
    import ray

    from experiments.training.watch import Watch
    from experiments.worker.node import run_node

    here, real, first = ray.get_runtime_context().get_node_id(), Watch.on_step_end, not steps(Store.open(work.store))

    def on_step_end(self: Watch, args: Any, state: Any, control: Any, **more: Any) -> None:
        real(self, args, state, control, **more)
        with Path(work.store, STEPS).open("a", encoding="ascii") as file:
            file.write(f"{state.global_step} {here}\n")
        if first and state.global_step == 5:
            wait_for(lambda: False)

    Watch.on_step_end = on_step_end  # type: ignore[method-assign]
    run_node(work)


def drive(url: str, setup: Setup, nodes: tuple[StageNode, ...], address: str) -> None:
    """What a driver does: exit code 0 if all nodes are done."""
    from experiments.executors.ray import RayExecutor

    executor = RayExecutor(view_of(Store.open(url), setup), Resources(), waits_at_step_5_once, address)
    try:
        outcome = executor.run(StageTree(nodes), ignore)
    finally:
        executor.close()
    raise SystemExit(0 if outcome.complete else str(outcome.failures))
