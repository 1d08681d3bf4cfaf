"""domains/frozen.py: laws of the fingerprint."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.stage import Training
from domains.frozen import fingerprint

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_blind_to_key_order(value: dict[str, Any]) -> None:
    assert fingerprint(dict(reversed(value.items()))) == fingerprint(value)


@given(VALUES)
def test_a_tuple_is_a_list(value: Any) -> None:
    assert fingerprint((value, value)) == fingerprint([value, value])


@given(st.integers(-(2**50), 2**50))
def test_a_whole_float_is_an_integer(number: int) -> None:
    assert fingerprint(float(number)) == fingerprint(number)


@given(st.text(), st.text())
def test_different_texts_differ(one: str, other: str) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


@pytest.mark.parametrize("value", [{1, 2}, b"x", Path("x"), object(), {1: 2}])
def test_what_has_no_stable_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="fingerprint"):
        fingerprint(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf]])
def test_numbers_must_be_finite(value: object) -> None:
    with pytest.raises(ValueError, match="finite"):
        fingerprint(value)


def test_the_same_in_another_process() -> None:
    code = "from domains.frozen import fingerprint; print(fingerprint({'b': [1, 2.5], 'a': 'ä'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == fingerprint({"a": "ä", "b": (1.0, 2.5)})


def test_data_is_its_content() -> None:
    assert fingerprint(Training(steps=3)) == fingerprint(Training(steps=3).model_dump())
    assert fingerprint(Training(steps=3)) != fingerprint(Training(steps=4))
