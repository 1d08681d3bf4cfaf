"""A measure has a number or a reason, and the table says what each is."""

from __future__ import annotations

import pytest

from domains.interval import Interval
from experiments.measures.value import Value


def test_few_seeds_or_items_are_underpowered_and_a_missing_estimate_is_skipped():
    assert Value.of(Interval.of(0.1, 0.0, 0.2, 3), 50).status == "ok"
    few = Value.of(Interval.of(0.1, 0.0, 0.2, 2), 10)
    assert (few.status, few.reason) == ("underpowered", "2 of at least 3 seeds and 10 of at least 20 items")
    none = Value.of(Interval.of(float("nan"), 0.0, 0.2, 3), 50)
    assert (none.status, none.interval.estimate) == ("skipped", None)


@pytest.mark.parametrize("status, reason", [("ok", "why"), ("skipped", "why"), ("underpowered", "")])
def test_status_and_number_must_agree(status, reason):
    with pytest.raises(ValueError):
        Value(status=status, reason=reason, interval=Interval.of(0.1, 0.0, 0.2, 3), items=50)
