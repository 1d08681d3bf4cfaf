"""What a no-op node takes in one process without Ray, and how much of it is waiting for the disk.

Nodes that each wait for the disk, and a task's nodes that wait together, take turns in blocks of a hundred.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from benchmarks.arguments import arguments
from benchmarks.executor import MEMORY, make_tree
from benchmarks.noop import run_nothing
from curricula.schema import Resources
from experiments.executors.attempt import attempt_all
from experiments.executors.base import Work
from experiments.store import Store

BLOCK = 100


def alone(works: Sequence[Work]) -> None:
    """Tasks of one node each."""
    for work in works:
        assert attempt_all(run_nothing, [work])[0] == [None]


def together(works: Sequence[Work]) -> None:
    """One task of all nodes."""
    assert not any(attempt_all(run_nothing, works)[0])


@contextmanager
def waits(*, kept: bool) -> Iterator[list[int]]:
    """Every call of fsync meanwhile; unless `kept`, it does nothing else."""
    found: list[int] = []
    fsync = os.fsync

    def counted(descriptor: int) -> None:
        found.append(descriptor)
        if kept:
            fsync(descriptor)

    with patch("os.fsync", counted):
        yield found


def main(blocks: int = 15) -> dict[str, Any]:
    """Per node: milliseconds of wall and processor time (medians over blocks), and calls of fsync. Also printed."""
    ways = {
        "alone": (alone, True),
        "alone, fsync does nothing": (alone, False),
        "together": (together, True),
        "together, fsync does nothing": (together, False),
    }
    found: dict[str, Any] = {}
    for place, folder in ({"disk": None} | ({"memory": MEMORY} if MEMORY.is_dir() else {})).items():
        rows: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ways}
        with tempfile.TemporaryDirectory(prefix="stagewise-bench-", dir=folder) as name:
            works = _works(name, BLOCK * blocks * len(ways))
            for _ in range(blocks):
                for way, (run, kept) in ways.items():
                    block, works = works[:BLOCK], works[BLOCK:]
                    with waits(kept=kept) as calls:
                        wall, processor = time.perf_counter(), time.process_time()
                        run(block)
                        taken = (time.perf_counter() - wall, time.process_time() - processor, len(calls))
                    rows[way].append(taken)
        found[place] = {
            way: {
                "wall_ms": round(median(row[0] for row in taken) * 1e3 / BLOCK, 3),
                "processor_ms": round(median(row[1] for row in taken) * 1e3 / BLOCK, 3),
                "fsyncs": taken[0][2] / BLOCK,
            }
            for way, taken in rows.items()
        }
    print(json.dumps(found, indent=1))
    return found


def _works(store: str, nodes: int) -> list[Work]:
    tree, setup = make_tree(nodes)
    url = Store.open(str(Path(store))).url
    return [Work(node, None, setup, url, Resources()) for node in tree.nodes]


if __name__ == "__main__":
    main(*(int(argument) for argument in arguments(__doc__)[:1]))
