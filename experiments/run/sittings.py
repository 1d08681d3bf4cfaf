"""What a run's own commands made, and how long they took: a run may also use what others trained before it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from domains.errors import StoreError
from domains.frozen import Frozen
from experiments.executors.base import Observer, State
from experiments.nodes.tree import StageNode, StageTree
from experiments.run.filling import Display
from experiments.run.job import Job

FILE = "wall.json"


class Sittings(Frozen):
    """All commands that worked on a run and ended by themselves; a killed one is not counted."""

    seconds: float = 0.0
    made: frozenset[str] | None = frozenset()
    """Ids of the nodes that they trained or measured; None where an earlier version did not note them."""


def sittings(job: Job) -> Sittings:
    """As far as they are noted and that can be read: a power cut may leave anything of the file. Raises StoreError."""
    try:
        found: Any = json.loads(job.store.read_run(job.run, FILE) or "{}")
        return Sittings.model_validate(found) if isinstance(found, dict) else Sittings(seconds=found, made=None)
    except ValueError:
        return Sittings(made=None)


@contextmanager
def sitting(job: Job, view: Display) -> Iterator[Display]:
    """One command at work: gives the same view, which also notes what is made under it."""
    started, made = time.monotonic(), set[str]()
    try:
        yield _noting(view, made)
    finally:
        # A full disk must not hide why we stop.
        with suppress(StoreError):
            before = sittings(job)
            both = None if before.made is None else sorted(before.made | made)
            seconds = round(before.seconds + time.monotonic() - started, 3)
            job.store.write_run(job.run, FILE, json.dumps({"seconds": seconds, "made": both}))


def _noting(view: Display, made: set[str]) -> Display:
    @contextmanager
    def shown(title: str, tree: StageTree) -> Iterator[Observer]:
        running = set[str]()
        with view(title, tree) as watch:

            def noted(node: StageNode, state: State) -> None:
                if state == "running":
                    running.add(node.id)
                elif state == "done" and node.id in running:
                    made.add(node.id)
                watch(node, state)

            yield noted

    return shown
