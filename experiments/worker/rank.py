"""One of several processes that train a stage together."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import torch

from experiments.executors.attempt import failed
from experiments.executors.base import Work
from experiments.models.checkpoints import device_for
from experiments.models.seeding import seed_all, seed_of
from experiments.nodes.record import Failure
from experiments.store import Store
from experiments.worker.bench import Bench, boundary
from experiments.worker.train import train

FAILED = 17
"""Exit code of a process that has written why."""
FAILURE = "failure.json"
"""Of the first one that failed: the others fail because it is gone."""
MEETING = "meeting"
"""A file by which the processes find each other, so that no port has to be free."""
LONGEST = timedelta(days=30)
"""How long one waits for another, which may be measuring the model on its way. One that is dead is seen by their
parent."""


def be_one(work: Work, rank: int, processes: int, folder: str) -> None:
    """The life of one of them. `folder`: one that all of them share, empty at first; their parent removes it, and with
    it the temporary files of those that are ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _train(work, rank, processes, Path(folder) / MEETING)
    except Exception as error:
        leave(failed(work, error), rank, Path(folder))
        # At once: a process group whose other processes wait would be waited for.
        sys.stderr.flush()
        os._exit(FAILED)


def leave(failure: Failure, rank: int, folder: Path) -> None:
    """Say why, where no other process has: whole at once, since the parent reads as soon as one of them has ended."""
    own = folder / f"failure-{rank}.json"
    own.write_text(failure.model_dump_json(), "utf-8")
    with suppress(FileExistsError):
        os.link(own, folder / FAILURE)


def _train(work: Work, rank: int, processes: int, meeting: Path) -> None:
    """As `run_node` trains a node in one process."""
    where = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes, "LOCAL_WORLD_SIZE": processes}
    # Accelerate sets the number of threads where this does not say it.
    os.environ |= {name: str(value) for name, value in where.items()} | {"OMP_NUM_THREADS": str(work.resources.cpus)}
    with boundary("worker"):
        device = device_for(work.resources.gpus)
        if device.type == "cuda":
            torch.cuda.set_device(rank)
        torch.distributed.init_process_group(
            "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo",
            init_method=meeting.as_uri(),
            rank=rank,
            world_size=processes,
            timeout=LONGEST,
        )
    with boundary("store"):
        store = Store.open(work.store, create=False)
    seed_all(seed_of("node", work.node.id), work.resources.cpus)
    train(Bench(work, store))
    torch.distributed.destroy_process_group()


def _end_with_parent() -> None:
    """A parent that is killed cannot end its children."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
