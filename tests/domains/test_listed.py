"""domains/listed.py."""

from __future__ import annotations

import pytest

from domains.listed import listed


@pytest.mark.parametrize(
    ("parts", "text"), [((), ""), (("a",), "a"), (["a", "b"], "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_as_people_list_them(parts, text):
    assert listed(parts) == text
