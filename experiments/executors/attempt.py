"""Attempts at nodes: where every exception becomes a failure at a named boundary."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from domains.errors import Boundary, DataError, ModelError, StageError, StoreError
from experiments.executors.base import RunNode, Work
from experiments.executors.memory import out_of_memory
from experiments.nodes.record import Failure
from experiments.nodes.suite import suite_of
from experiments.store import Store

Result = TypeVar("Result")
End = Callable[[], Failure | None]
BOUNDARIES: dict[type[Exception], Boundary] = {DataError: "data", ModelError: "model", StoreError: "store"}
"""Where the user's mistakes belong that show only while a stage runs."""


def attempt(run_node: RunNode, work: Work) -> Failure | None:
    """Run a node unless it is trained and measured. None if it is in the end, whoever did it."""
    return _begin(run_node, work)()


def attempt_all(run_node: RunNode, works: Sequence[Work]) -> tuple[list[Failure | None], float]:
    """Attempts one after the other, and the seconds they took. While one reaches the disk, the next one runs."""
    start = time.perf_counter()
    ends = [_begin(run_node, work) for work in works]
    failures = [end() for end in ends]
    return failures, time.perf_counter() - start


def _begin(run_node: RunNode, work: Work) -> End:
    """Run a node unless it is at its end; what is returned waits until all of it is kept."""
    try:
        store, suite = Store.open(work.store), suite_of(work.setup).id
        done = store.has(work.node, suite)
    except StoreError as error:
        return partial(failed, work, error)
    finish = None if done else _caught(work, lambda: run_node(work))

    def end() -> Failure | None:
        failure = _caught(work, finish) if callable(finish) else finish
        try:
            if store.has(work.node, suite):
                return None
        except StoreError as error:
            return failed(work, error)
        if isinstance(failure, Failure):
            return failure
        return Failure(node=work.node.id, boundary="worker", cause="the stage ended without a measurement")

    return end


def _caught(work: Work, do: Callable[[], Result]) -> Result | Failure:
    """The result of `do`, or the failure that its exception stands for."""
    try:
        return do()
    except Exception as error:
        return failed(work, error)


def failed(work: Work, error: Exception) -> Failure:
    """The failure that an exception stands for."""
    boundary: str = BOUNDARIES.get(type(error), "worker")
    cause = f"{type(error).__name__}: {error}" if boundary == "worker" else str(error)
    if isinstance(error, StageError):
        boundary, cause = error.boundary, error.cause
    cause = out_of_memory(error) or cause
    trace = "".join(traceback.format_exception(error))
    return Failure(node=work.node.id, boundary=boundary, cause=cause, traceback=trace)
