"""Too little memory is named so, with what to lower."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from domains.errors import StageError
from experiments.executors.attempt import failed
from experiments.executors.base import Work
from experiments.executors.memory import death, kernel_kills, out_of_memory

WORK: Work = SimpleNamespace(node=SimpleNamespace(id="00" * 32))  # type: ignore[assignment]
CUDA = (
    "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.10 GiB of which 1 MiB is free."
)


def wrapped(error: Exception) -> StageError:
    """As a trainer's failure arrives."""
    try:
        raise StageError("training", f"{type(error).__name__}: {error}") from error
    except StageError as stage:
        return stage


def test_a_gpu_that_is_full_is_named_at_its_boundary() -> None:
    failure = failed(WORK, wrapped(torch.cuda.OutOfMemoryError(CUDA)))
    assert failure.boundary == "training"
    assert failure.cause.startswith("out of GPU memory: Tried to allocate 20.00 MiB. Lower training.prompts, ")
    assert "evaluation.batch" in failure.cause
    assert "\n" not in failure.cause
    assert CUDA in failure.traceback


def test_main_memory_that_is_full_is_named_too() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    cause = failed(WORK, wrapped(caught.value)).cause
    assert cause.startswith("out of memory: DefaultCPUAllocator: can't allocate memory: you tried to allocate 4000")
    assert "raise resources.cpus, so that fewer stages run at once" in cause
    assert failed(WORK, MemoryError()).cause.startswith("out of memory: MemoryError. Lower ")


def test_another_failure_is_not() -> None:
    assert out_of_memory(wrapped(ValueError("memory"))) is None
    assert failed(WORK, StageError("training", "loss became nan")).cause == "loss became nan"


def test_a_death_says_no_more_than_is_known() -> None:
    assert death("full", "x", 1, 0).startswith(
        "out of memory: the machine's memory ran full and Ray killed the worker once. Lower "
    )
    assert "most likely out of memory: the kernel killed a process here" in death("killed", "x", 2, 1)
    assert death("lost", "Its node is dead", 2, 1) == "the worker died 2 times: Its node is dead"
    unknown = death("killed", "The worker died unexpectedly", 3, 0)
    assert unknown.startswith(
        "the worker died 3 times: The worker died unexpectedly, perhaps killed for want of memory"
    )


def test_the_kernel_s_count(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("nr_free_pages 12\noom_kill 7\n")
    assert kernel_kills(tmp_path / "vmstat") == 7
    (tmp_path / "vmstat").write_text("nr_free_pages 12\n")
    assert kernel_kills(tmp_path / "vmstat") == kernel_kills(tmp_path / "none") == 0
