"""How the time of a function grows with its text."""

from __future__ import annotations

import time
from collections.abc import Callable

SHORT, LONG = 2_000, 16_000
TINY = 0.01
"""Seconds of CPU below which growth is not judged: what takes so little on `LONG` characters stalls nothing."""


def grows_too_fast(work: Callable[[str], object], before: str, pump: str, after: str) -> bool:
    """Whether `work` takes clearly more than linear time in the number of `pump`s between the other two.

    CPU time of this thread, the least of several runs: eight times the text takes 8 times as long if linear and
    64 times if quadratic, and the bound lies between.
    """
    long = _least(work, before + pump * (LONG // len(pump)) + after)
    return long > TINY and long > 24 * _least(work, before + pump * (SHORT // len(pump)) + after)


def _least(work: Callable[[str], object], text: str) -> float:
    taken = []
    for _ in range(3):
        start = time.thread_time()
        work(text)
        taken.append(time.thread_time() - start)
        if taken[-1] < TINY:
            break
    return min(taken)
