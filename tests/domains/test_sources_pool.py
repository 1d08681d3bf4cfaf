"""domains/sources/pool.py"""

import json
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import DataError
from domains.sources.pool import json_fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_json_rows_stay_as_they_are(row):
    assert json_fields(row) == row


def test_other_values_become_json_or_leave():
    row = {
        1: np.int64(3),
        "x": np.float32(0.5),
        "nan": float("nan"),
        "pair": (1, "a"),
        "day": date(2024, 2, 29),
        "time": datetime(2024, 2, 29, 12, 0),
        "bytes": b"image",
        "list of bytes": [b"image"],
        "decimal": Decimal("1.5"),
        "inner": {"bytes": b"x", "kept": None},
    }
    assert json_fields(row) == {
        "1": 3,
        "x": 0.5,
        "nan": None,
        "pair": [1, "a"],
        "day": "2024-02-29",
        "time": "2024-02-29T12:00:00",
        "decimal": "1.5",
        "inner": {"kept": None},
    }
    json.dumps(json_fields(row), allow_nan=False)


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(DataError, match="whole characters"):
        json_fields({"text": "\ud83d"})
