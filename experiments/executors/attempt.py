"""One attempt at a node: where every exception becomes a failure at a named boundary."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from domains.errors import Boundary, DataError, ModelError, StageError, StoreError
from experiments.executors.base import RunNode, Work
from experiments.executors.memory import out_of_memory
from experiments.measures.suite import suite_of
from experiments.nodes.record import Failure
from experiments.store import Store
from experiments.store.failing import reason
from experiments.store.syncing import kept_together

BOUNDARIES: dict[type[Exception], Boundary] = {DataError: "data", ModelError: "model", StoreError: "store"}
"""Where the user's mistakes belong that show only while a stage runs."""


def attempt(run_node: RunNode, work: Work) -> Failure | None:
    """Run a node unless it is trained and measured. None if it is in the end, whoever did it."""
    try:
        store, suite = Store.open(work.store, create=False), suite_of(work.setup).id
        failure = None if store.has(work.node, suite) else _run(run_node, work)
        if store.has(work.node, suite):
            return None
    except StoreError as error:
        return failed(work, error)
    return failure or Failure(node=work.node.id, boundary="worker", cause="the stage ended without a measurement")


def attempt_all(run_node: RunNode, works: Sequence[Work]) -> tuple[list[Failure | None], float]:
    """Attempts one after the other, and the seconds they took. What they left is on disk at return."""
    start = time.perf_counter()
    failures: list[Failure | None] = []
    try:
        with kept_together() if len(works) > 1 else nullcontext():
            failures += [attempt(run_node, work) for work in works]
    except OSError as error:
        # Any of them may have lost what it left.
        failures = [failure or _unkept(work, error) for work, failure in zip(works, failures, strict=True)]
    return failures, time.perf_counter() - start


def _unkept(work: Work, error: OSError) -> Failure | None:
    """Why a node's record did not reach the disk; None where it is there."""
    return attempt(partial(_tell, error), work)


def _tell(error: OSError, _: Work) -> None:
    raise StageError("store", reason(error)) from error


def _run(run_node: RunNode, work: Work) -> Failure | None:
    try:
        run_node(work)
    except Exception as error:
        return failed(work, error)
    return None


def failed(work: Work, error: Exception) -> Failure:
    """The failure that an exception stands for."""
    boundary: str = BOUNDARIES.get(type(error), "worker")
    cause = f"{type(error).__name__}: {error}" if boundary == "worker" else str(error)
    if isinstance(error, StageError):
        boundary, cause = error.boundary, error.cause
    cause = out_of_memory(error) or cause
    trace = "".join(traceback.format_exception(error))
    return Failure(node=work.node.id, boundary=boundary, cause=cause, traceback=trace)
