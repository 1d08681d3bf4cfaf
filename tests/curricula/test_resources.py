"""What a stage gets."""

from __future__ import annotations

import pytest

from curricula.schema import Resources


@pytest.mark.parametrize(("prompts", "count"), [(8, 4), (6, 3), (7, 1), (2, 2), (9, 3)])
def test_as_many_processes_as_can_share_a_step(prompts: int, count: int) -> None:
    """A search or joint training may make steps of any size."""
    assert Resources(processes=4).sharers(prompts) == count
    assert Resources(gpus=4).sharers(prompts) == count
    assert Resources().sharers(prompts) == 1
