"""What a machine has for stages, and for work that has the process to itself."""

from __future__ import annotations

import pytest

from experiments.executors.cpus import own_cpus, own_threads


@pytest.mark.parametrize(("said", "threads"), [("3", 3), ("0", None), ("", None), ("2,1", None), ("many", None)])
def test_the_variable_says_how_many_threads_where_it_is_a_number(
    said: str, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert own_threads() == (threads or own_cpus())
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert own_threads() == own_cpus()
