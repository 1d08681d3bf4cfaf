"""One point of the space."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scheduler.composing.choice import Choice


def test_trained_leaves_out_what_has_no_length():
    assert Choice(order=("a", "b", "c"), lengths={"a": 1, "b": 0, "c": 2}).trained == ("a", "c")


@pytest.mark.parametrize(
    ("order", "lengths"),
    [
        (("a", "b"), {"a": 1.0}),
        (("a", "a"), {"a": 1.0}),
        (("a",), {"a": 1.0, "b": 1.0}),
        (("a", "b"), {"a": 0.0, "b": 0.0}),
        (("a", "b"), {"a": 1.0, "b": -1.0}),
        ((), {}),
    ],
)
def test_what_is_no_choice_is_refused(order, lengths):
    with pytest.raises(ValidationError):
        Choice(order=order, lengths=lengths)
