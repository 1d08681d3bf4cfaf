"""domains/interval.py: what may stand in an interval, and what it says."""

import math

import pytest
from pydantic import ValidationError

from domains.interval import Interval
from scheduler.statistics.intervals import interval
from tests.support.report import generator


def test_a_known_interval_says_where_it_lies():
    found = Interval.of(0.2, 0.1, 0.4, 3)
    assert (found.value, found.ends, found.n, found.missing) == (0.2, (0.1, 0.4), 3, None)
    assert found.width == pytest.approx(0.3)
    assert Interval.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("low", "high", "sign"), [(0.1, 0.2, 1), (-0.2, -0.1, -1), (-0.1, 0.1, 0), (0.0, 0.1, 0), (-0.1, 0.0, 0)]
)
def test_an_interval_that_touches_zero_has_no_sign(low, high, sign):
    assert Interval.of((low + high) / 2, low, high, 3).sign == sign


def test_what_could_not_be_had_says_why():
    found = Interval.unknown("no seed finished")
    assert (found.estimate, found.ends, found.width, found.sign, found.n) == (None, None, None, 0, 0)
    with pytest.raises(ValueError, match="there is no estimate: no seed finished"):
        _ = found.value
    assert Interval.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_missing(bad):
    assert Interval.of(bad, 0.0, 1.0, 3) == Interval.unknown("the estimate is not a finite number", 3)
    half = Interval.of(0.5, 0.0, bad, 3)
    assert (half.estimate, half.ends, half.missing) == (0.5, None, "the interval is not finite")
    with pytest.raises(ValidationError):
        Interval(estimate=bad, low=0.0, high=1.0, n=3)


@pytest.mark.parametrize(
    "fields",
    [
        {"estimate": None, "low": None, "high": None},
        {"estimate": 0.5, "low": None, "high": None},
        {"estimate": 0.5, "low": 0.1, "high": None, "missing": "half of it"},
        {"estimate": None, "low": 0.1, "high": 0.2, "missing": "the estimate"},
        {"estimate": 0.5, "low": 0.6, "high": 0.4},
        {"estimate": 0.5, "low": 0.4, "high": 0.6, "missing": "nothing"},
        {"estimate": 0.5, "low": 0.4, "high": 0.6, "n": -1},
    ],
)
def test_what_contradicts_itself_is_refused(fields):
    with pytest.raises(ValidationError):
        Interval(**{"n": 3, **fields})


@pytest.mark.parametrize("seeds", [1, 2, 5])
def test_n_counts_seeds_not_items(seeds):
    blocks = {name: generator(name).random((seeds, items)) for name, items in (("a", 7), ("b", 30))}
    assert interval(blocks).n == seeds
