"""Every node a Ray task."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import (
    LocalRayletDiedError,
    NodeDiedError,
    ObjectLostError,
    OutOfMemoryError,
    RayError,
    WorkerCrashedError,
)

from curricula.schema import Resources
from domains.errors import StoreError
from experiments.executors.attempt import attempt_all
from experiments.executors.base import Feed, Observer, Outcome, RunNode
from experiments.executors.memory import End, death, kernel_kills
from experiments.executors.ray import cluster
from experiments.executors.ray.task_size import TaskSizer
from experiments.executors.run import Run
from experiments.nodes.record import Failure
from experiments.nodes.tree import StageNode, StageTree
from experiments.store import View
from experiments.store.locks import locking

DEATHS = (WorkerCrashedError, NodeDiedError, OutOfMemoryError, LocalRayletDiedError, ObjectLostError)
"""Ends that say nothing about the node: it is started again, `resources.retries` times."""

BEAT_SECONDS = 0.5
STOP_SECONDS = 5.0
"""How long interrupted workers may take to leave the store tidy before they are killed."""

Flights = dict[Any, list[StageNode]]
"""Tasks under way (Ray object reference → its nodes)."""


class RayExecutor:
    """See `Executor`. Raises ClusterError when made, if Ray cannot be had or is too small."""

    def __init__(
        self,
        view: View,
        resources: Resources,
        run_node: RunNode,
        address: str | None = None,
        connection: cluster.Connection | None = None,
    ) -> None:
        if view.store.url.startswith("memory:"):
            raise StoreError(
                "a store in memory is seen by one process only",
                value=view.store.url,
                hint="Use --executor inline.",
            )
        self._view, self._resources, self._run_node = view, resources, run_node
        # One that is handed in is its maker's to close.
        self._connection, self._own = connection or cluster.Connection(resources, address), connection is None
        self._slots = cluster.slots(resources)
        self._kills = kernel_kills()
        # A stage's processes are of one machine: its task asks for all that they need, and starts them there.
        # Retries are ours, so that they are counted and told apart from a stage's own failure.
        self._task: Any = ray.remote(
            num_cpus=resources.all_cpus, num_gpus=resources.gpus, max_retries=0, retry_exceptions=False
        )(attempt_all)

    @property
    def slots(self) -> int:
        """See `Executor`."""
        return self._slots

    def run(self, tree: StageTree, watch: Observer, feed: Feed | None = None) -> Outcome:
        """See `Executor`."""
        with locking(self._view.store.files) as locks:
            return self._run(Run(tree, self._view, self._resources, watch, feed, locks))

    def _run(self, run: Run) -> Outcome:
        pace = TaskSizer()
        flights: Flights = {}
        deaths: dict[str, int] = {}
        beaten = time.monotonic()
        try:
            while self._submit(run, pace, flights):
                for ref in _landed(flights):
                    self._land(run, pace, deaths, ref, flights.pop(ref))
                if time.monotonic() - beaten >= BEAT_SECONDS:
                    beaten = time.monotonic()
                    self._beat(run, flights)
                    run.look()
        except BaseException:
            # Our own cluster goes down with us: cancelling a task that is just ending can abort the driver (Ray 2.60).
            # Whatever stopping runs into must not hide why we stop.
            if not self._connection.mine:
                with suppress(Exception):
                    _cancel(flights)
            raise
        return run.outcome()

    def close(self) -> None:
        """See `Executor`. A cluster that this executor did not start stays up."""
        if self._own:
            self._connection.close()

    def _submit(self, run: Run, pace: TaskSizer, flights: Flights) -> bool:
        """Fill the cluster; whether anything is under way, here or by another command."""
        while run.ready and len(flights) < pace.tasks(self._slots):
            batch = [run.take() for _ in range(pace.size(run.ready, self._slots))]
            nodes = [node for node in batch if node is not None]
            if not nodes:
                break
            flights[self._task.remote(self._run_node, [run.work(node) for node in nodes])] = nodes
        return bool(flights) or run.elsewhere

    def _land(self, run: Run, pace: TaskSizer, deaths: dict[str, int], ref: Any, nodes: list[StageNode]) -> None:
        """Settle the nodes of a task that ended, well or badly."""
        try:
            failures, seconds = ray.get(ref)
        except DEATHS as error:
            self._bury(run, pace, deaths, nodes, error)
            return
        except RayError as error:
            failures, seconds = [_failure(node, _first_line(error), str(error)) for node in nodes], 0.0
        else:
            if not any(failures):
                pace.learn(seconds / len(nodes))
        for node, failure in zip(nodes, failures, strict=True):
            run.settle(node, failure)

    def _bury(self, run: Run, pace: TaskSizer, deaths: dict[str, int], nodes: list[StageNode], error: RayError) -> None:
        """A worker died: its nodes start again, each alone, until `retries` is used up."""
        pace.alone = True
        for node in nodes:
            # Of several nodes in a task nobody knows which one killed it, so that death is held against none.
            deaths[node.id] = deaths.get(node.id, 0) + (len(nodes) == 1)
            if self._view.store.has(node, self._view.suite):
                run.settle(node, None)
            elif deaths[node.id] > self._resources.retries:
                cause = death(_end(error), _first_line(error), deaths[node.id], kernel_kills() - self._kills)
                run.settle(node, _failure(node, cause, str(error)))
            else:
                run.give_back(node)

    def _beat(self, run: Run, flights: Flights) -> None:
        self._slots = cluster.slots(self._resources)
        for nodes in flights.values():
            for node in nodes:
                run.beat(node)


def _landed(flights: Flights) -> list[Any]:
    """Tasks that ended, waited for a while."""
    if not flights:
        time.sleep(BEAT_SECONDS)
        return []
    landed, _ = ray.wait(list(flights), num_returns=1, timeout=BEAT_SECONDS)
    return list(landed)


def _cancel(flights: Flights) -> None:
    """Interrupt what is under way, then kill what does not listen."""
    refs = list(flights)
    for ref in refs:
        ray.cancel(ref)
    _, deaf = ray.wait(refs, num_returns=len(refs), timeout=STOP_SECONDS) if refs else ([], [])
    for ref in deaf:
        ray.cancel(ref, force=True)


def _end(error: RayError) -> End:
    """How a worker ended."""
    if isinstance(error, OutOfMemoryError):
        return "full"
    return "killed" if isinstance(error, WorkerCrashedError) else "lost"


def _failure(node: StageNode, cause: str, detail: str) -> Failure:
    return Failure(node=node.id, boundary="worker", cause=cause, traceback=detail)


def _first_line(error: RayError) -> str:
    """The sentence that says what happened; Ray's messages go on for paragraphs."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if isinstance(error, ray.exceptions.RayTaskError) else lines[0].split(". ")[0]
