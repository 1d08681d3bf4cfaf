"""Probabilities that are stated, and that of True against False."""

from __future__ import annotations

import pytest

from experiments.measures.beliefs import believed, probability
from experiments.nodes.outputs import Output


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("85", 0.85),
        (" 85%.", 0.85),
        ("I am 70 % sure", 0.7),
        ("100", 1.0),
        ("0", 0.0),
        ("1", 0.01),
        ("0.9", 0.9),
        ("1.0", 1.0),
        ("0.5%", 0.005),
        ("99.5", 0.995),
        ("120", None),
        ("2020", None),
        ("very likely", None),
        ("", None),
    ],
)
def test_a_stated_probability(text, value):
    found = probability(text)
    assert found == (None if value is None else pytest.approx(value))


def test_true_against_false():
    rows = [
        Output(item="a", arm="true", nll=1.0, count=3),
        Output(item="a", arm="false", nll=1.0, count=3),
        Output(item="a", arm="stated", text="none", count=1),
        Output(item="b", arm="true", nll=2000.0, count=3),
        Output(item="b", arm="false", nll=1.0, count=3),
        Output(item="b", arm="stated", text="20", count=1),
    ]
    found = believed([1.0, 0.0], rows)
    assert found.p_true == (0.5, pytest.approx(0, abs=1e-12))
    assert found.stated == (None, 0.2)
    # Of an endpoint nothing is read.
    assert believed([1.0], rows[2:3]).p_true is None
