"""What a stage that ran out of memory is told: that it was memory, and what to lower."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

End = Literal["full", "killed", "lost"]
"""Of a worker: the machine's memory ran full and it was made to go, its process ended, or its machine is gone."""

SMALLER = "Lower training.prompts, training.rollouts or evaluation.batch"
FEWER = "raise resources.cpus, so that fewer stages run at once"
GPU_ADVICE = f"{SMALLER}, or give a stage a whole GPU (resources.gpus: 1)."
ADVICE = f"{SMALLER}, or {FEWER}."

VMSTAT = Path("/proc/vmstat")
"""Where Linux counts, since it started, the processes that it killed for want of memory, in containers too."""


def kernel_kills(vmstat: Path = VMSTAT) -> int:
    """How many processes the kernel has killed for want of memory; 0 where it does not say."""
    try:
        lines = vmstat.read_text("ascii").splitlines()
    except OSError:
        return 0
    counts = dict(line.split() for line in lines)
    return int(counts.get("oom_kill", 0))


def death(end: End, said: str, times: int, kills: int) -> str:
    """Why a worker died so many times, as far as that is known; `said` are the executor's words for the last time.

    `kills`: processes of the driver's machine that the kernel killed for want of memory since the run began. Which
    ones is not known, and of a worker on another machine nothing is.
    """
    often = "once" if times == 1 else f"{times} times"
    if end == "full":
        return f"out of memory: the machine's memory ran full and Ray killed the worker {often}. {ADVICE}"
    if end == "lost":
        return f"the worker died {often}: {said}"
    if kills:
        told = "a process" if kills == 1 else f"{kills} processes"
        return (
            f"the worker died {often}, most likely out of memory: the kernel killed {told} here for want of it "
            f"meanwhile. {ADVICE}"
        )
    return f"the worker died {often}: {said}, perhaps killed for want of memory. If so: {ADVICE}"


def out_of_memory(error: BaseException) -> str | None:
    """What to say of an exception that stands for too little memory, at whatever depth; None for another."""
    for each in _causes(error):
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(each, torch.OutOfMemoryError):
            return f"out of GPU memory: {_first_sentence(each)} {GPU_ADVICE}"
        # torch has no class of its own for main memory.
        if isinstance(each, MemoryError) or "DefaultCPUAllocator: can't allocate memory" in str(each):
            return f"out of memory: {_first_sentence(each)} {ADVICE}"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _first_sentence(error: BaseException) -> str:
    """How much was asked for; torch goes on for paragraphs."""
    words = " ".join(str(error).split()).split(". ")
    asked = [part for part in words if "allocate" in part] or words
    return f"{asked[0].rstrip('.') or type(error).__name__}."
