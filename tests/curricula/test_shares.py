"""curricula/shares.py"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curricula.shares import share_out

MIXTURES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 10), min_size=1)


@given(MIXTURES, st.integers(1, 500))
def test_shares_keep_the_budget_and_are_fair(mixture, total):
    counts = share_out(mixture, total)
    assert sum(counts.values()) == total
    whole = sum(mixture.values())
    assert all(abs(counts[name] - total * share / whole) < 1 for name, share in mixture.items())
