"""experiments/run/durations.py: what people read."""

from __future__ import annotations

import pytest

from experiments.run.durations import rough_duration, rough_range
from experiments.run.remaining import Range


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (12000, "3 h 20 min")]
)
def test_duration(seconds: float, words: str) -> None:
    assert rough_duration(seconds) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.3, "about 5 s"),
        (41, 44, "about 40 s"),
        (40, 70, "40 to 70 s"),
        (43, 140, "45 s to 2 min"),
        (170, 330, "3 to 6 min"),
        (600, 700, "about 11 min"),
        (1800, 2700, "30 to 45 min"),
        (5400, 9000, "90 min to 2 h 30 min"),
        (9000, 12000, "2 h 30 min to 3 h 20 min"),
        (9000, 9100, "about 2 h 30 min"),
    ],
)
def test_what_is_left_is_said_no_finer_than_it_is_known(low: float, high: float, words: str) -> None:
    assert rough_range(Range(low, high)) == words
