"""A stage that several processes of this machine train: they are started, watched, and end together."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from domains.errors import StageError
from experiments.executors.base import Work
from experiments.executors.memory import End, death, kernel_kills
from experiments.nodes.record import Failure
from experiments.worker.rank import FAILED, FAILURE, be_one
from experiments.worker.train import stage_of

CONTEXT = multiprocessing.get_context("spawn")
"""Not forked: what this process has loaded (CUDA, threads) would not survive that."""
LOOK_SECONDS = 0.5
STOP_SECONDS = 5.0
"""How long processes may take to end when they are asked to."""

log = logging.getLogger(__name__)


def sharers(work: Work) -> int:
    """Processes that train the node; see `Resources.sharers`."""
    stage = stage_of(work)
    return 1 if stage is None else work.resources.sharers(stage.training.prompts)


def train_together(work: Work, processes: int) -> None:
    """Train the node in so many processes, and commit it. Raises StageError of the one that failed first.

    Where one dies, all are ended and begin again, `resources.retries` times: from what was saved on the way, if the
    stage is.
    """
    before, deaths = kernel_kills(), 0
    while (lost := _attempt(work, processes)) is not None:
        deaths += 1
        if deaths > work.resources.retries:
            raise StageError("worker", death(*lost, deaths, kernel_kills() - before))
        log.warning("stage %s begins again: %s, and the others were ended", work.node.slug, lost[1])


def _attempt(work: Work, processes: int) -> tuple[End, str] | None:
    """How the one died that died first; None where all are done. Raises StageError where one failed."""
    # What the processes hold there may outlive them for a moment: processes of their own, that they started.
    with tempfile.TemporaryDirectory(prefix="stagewise-", ignore_cleanup_errors=True) as name:
        ranks = [CONTEXT.Process(target=be_one, args=(work, rank, processes, name)) for rank in range(processes)]
        try:
            with _deaf_to_ctrl_c():
                for rank in ranks:
                    rank.start()
            codes = _watched(ranks)
        finally:
            _end(ranks)
        lost = _lost(codes)
        if lost is None and FAILED in codes:
            failure = Failure.model_validate_json((Path(name) / FAILURE).read_text("utf-8"))
            error = StageError(failure.boundary, failure.cause)  # type: ignore[arg-type]
            error.add_note(failure.traceback)
            raise error
        return lost


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes that are started here do not hear Ctrl-C, of which each would print where it was: this one ends them.

    It hears of it itself, afterwards.
    """
    # The first spawn would start it, and that ends with SIGINT let through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watched(ranks: Sequence[BaseProcess]) -> list[int | None]:
    """Exit codes when all are done or one has failed; None: still at work."""
    while True:
        wait([rank.sentinel for rank in ranks if rank.exitcode is None], LOOK_SECONDS)
        codes = [rank.exitcode for rank in ranks]
        if all(code == 0 for code in codes) or any(code for code in codes):
            return codes


def _lost(codes: Sequence[int | None]) -> tuple[End, str] | None:
    """Which process ended without having said why, and how: of several that failed the others only missed it.

    Want of memory kills by a signal; one that ended by itself had another reason.
    """
    for number, code in enumerate(codes, 1):
        if code not in (None, 0, FAILED):
            who = f"process {number} of {len(codes)}"
            if code < 0:
                return "killed", f"{who} was killed by {signal.Signals(-code).name}"
            return "lost", f"{who} ended with exit code {code}"
    return None


def _end(ranks: Sequence[BaseProcess]) -> None:
    """Ask those that are still there to end, then make them."""
    started = [rank for rank in ranks if rank.pid is not None]
    for rank in started:
        rank.terminate()
    for rank in started:
        rank.join(STOP_SECONDS)
        with suppress(ProcessLookupError):
            rank.kill()
        rank.join()
