"""How nodes are put together into Ray tasks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from experiments.executors.ray.task_size import LARGEST, TASK_SECONDS, TaskSizer

SECONDS = st.floats(0, 100, allow_nan=False)


def sizer_after(*seconds: float) -> TaskSizer:
    sizer = TaskSizer()
    for each in seconds:
        sizer.learn(each)
    return sizer


def test_before_anything_is_known_nodes_go_alone():
    assert sizer_after().size(10_000, 2) == 1
    assert sizer_after().tasks(2) == 2


@given(st.lists(SECONDS), st.floats(TASK_SECONDS, 1e6))
def test_after_a_slow_node_nodes_go_alone(before, last):
    assert sizer_after(*before, last).size(10_000, 2) == 1
    assert sizer_after(*before, last).tasks(2) == 2


def test_many_fast_nodes_go_together():
    assert sizer_after(*[0.001] * 5).size(10_000, 2) == LARGEST
    assert sizer_after(*[0.05] * 5).size(10_000, 2) == 5


@given(st.lists(SECONDS, max_size=5), st.integers(0, 1000), st.integers(1, 64))
def test_no_slot_is_left_empty(seconds, ready, slots):
    size = sizer_after(*seconds).size(ready, slots)
    assert 1 <= size <= LARGEST
    assert size == 1 or size * 2 * slots <= ready


def test_one_fast_node_after_a_slow_one_is_not_believed():
    assert sizer_after(6.0, 0.001).size(10_000, 2) == 1


def test_after_a_death_nodes_go_alone():
    sizer = sizer_after(*[0.001] * 5)
    sizer.alone = True
    assert sizer.size(10_000, 2) == 1
