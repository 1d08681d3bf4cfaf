"""benchmarks/looks.py: extending an undecided comparison, on few runs."""

from __future__ import annotations

from benchmarks.looks import false_by_look, settled


def test_false_claims_grow_with_every_look() -> None:
    shares = false_by_look(3, 60, 3)
    assert shares == sorted(shares)
    assert 0 < shares[-1] < 0.4


def test_the_seeds_that_are_named_decide_a_large_difference_and_seldom_none() -> None:
    large, none = settled(3, 0.03, 40), settled(3, 0.0, 40)
    assert large["decided"] > 0.7 > none["decided"]
    assert large["median_seeds"] < none["median_seeds"]
